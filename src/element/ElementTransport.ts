/** Sends the messages of a client through the outbox of an element's connection. */
import * as Effect from "effect/Effect"
import { closedByUs, discarded, dropped, type MessageDiscarded } from "../client/Errors.ts"
import type { Envelope as ClientEnvelope, Transport } from "../client/Transport.ts"
import type { Settleable } from "../htmx/Port.ts"
import type { HtmxVersion, PublicObject } from "./connectionOf.ts"

type Envelope = ClientEnvelope<MessageDiscarded>

export const gone = () => closedByUs("the element no longer has a connection")

export class ElementTransport implements Transport<MessageDiscarded> {
  readonly drained = Effect.void
  /** The connection that the element had last. */
  current: PublicObject
  readonly #makeMessage: (envelope: Envelope) => Settleable
  /** The messages that have not ended, oldest first. */
  readonly #messages = new Map<Envelope, Settleable>()
  /** The messages withdrawn in this turn that are still in the queue; `undefined` if none was withdrawn in it. */
  #withdrawn: Set<Settleable> | undefined

  constructor({ makeMessage }: HtmxVersion, element: Element, current: PublicObject) {
    this.current = current
    this.#makeMessage = (envelope) => {
      const message = makeMessage(element, envelope.payload, (ending) => {
        if (!this.#messages.delete(envelope)) return
        if (ending === "written") envelope.written()
        else if (ending === "vetoed" || ending === "removed") envelope.failed(discarded(envelope.value))
        else envelope.failed(dropped(envelope.value, ending))
      })
      this.#messages.set(envelope, message)
      return message
    }
  }

  /** Whether the element has lost its connection. */
  get isGone(): boolean {
    return this.current.port.connection.state._tag === "Ended"
  }

  send(envelope: Envelope): void {
    this.removeWithdrawn()
    if (this.isGone) envelope.failed(gone())
    else this.current.port.send(this.#makeMessage(envelope))
  }

  waiting(): ReadonlyArray<Envelope> {
    return [...this.#messages.keys()]
  }

  withdraw(envelopes: ReadonlyArray<Envelope>): void {
    const { port } = this.current
    const messages = new Set(envelopes.flatMap((envelope) => this.#messages.get(envelope) ?? []))
    for (const envelope of envelopes) this.#messages.delete(envelope)
    port.withdraw?.(messages)
    for (const message of messages) this.#withdrawn?.add(message)
    if (this.#withdrawn !== undefined && port.connection.state._tag !== "Open") return
    this.#remove(messages)
    this.#withdrawn ??= new Set()
    queueMicrotask(() => {
      this.removeWithdrawn()
      this.#withdrawn = undefined
    })
  }

  /** Removes withdrawn messages from the queue, all at once, since each removal is slow. Called before they are sent. */
  removeWithdrawn(): void {
    if (this.#withdrawn?.size) this.#remove(this.#withdrawn)
    this.#withdrawn?.clear()
  }

  sendFirst(envelopes: ReadonlyArray<Envelope>): void {
    this.removeWithdrawn()
    const { outbox } = this.current.port.connection
    outbox.replace([...envelopes.map(this.#makeMessage), ...outbox.toArray()])
  }

  reconnect(): void {
    this.current.reconnect()
  }

  close(code: number, reason: string | undefined): void {
    this.current.close(code, reason)
  }

  #remove(messages: ReadonlySet<Settleable>): void {
    const { outbox } = this.current.port.connection
    outbox.replace(outbox.toArray().filter((message) => !messages.has(message)))
  }
}
