/** Carries the messages of a client through the outbox of an element's connection. */
import { closedByUs, discarded, dropped, type MessageDiscarded } from "../client/Errors.ts"
import type { Envelope, Transport } from "../client/Transport.ts"
import type { Outcome } from "../htmx/Port.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

export const gone = () => closedByUs("the element no longer has a connection")

export class ElementTransport<A> implements Transport<MessageDiscarded> {
  /** The connection that the element had last. */
  current: PublicObject<A>
  readonly #makeMessage: (envelope: Envelope<MessageDiscarded>) => A
  /** The messages whose outcome is not known, oldest first. */
  readonly #envelopes = new Map<A, Envelope<MessageDiscarded>>()

  constructor({ makeMessage }: HtmxVersion<A>, element: Element, current: PublicObject<A>) {
    this.current = current
    this.#makeMessage = (envelope) => {
      const message = makeMessage(element, envelope.payload)
      this.#envelopes.set(message, envelope)
      return message
    }
  }

  send(envelope: Envelope<MessageDiscarded>): void {
    const { port } = this.current
    if (port.connection.state._tag === "Ended") envelope.failed(gone())
    else if (port.send === undefined) port.connection.send(this.#makeMessage(envelope))
    else port.send(this.#makeMessage(envelope))
  }

  waiting(): ReadonlyArray<Envelope<MessageDiscarded>> {
    return [...this.#envelopes.values()]
  }

  withdraw(envelopes: ReadonlyArray<Envelope<MessageDiscarded>>): void {
    const { connection, withdraw } = this.current.port
    const unwanted = new Set(envelopes)
    const withdrawn = new Set<A>()
    for (const [message, envelope] of this.#envelopes) if (unwanted.has(envelope)) withdrawn.add(message)
    for (const message of withdrawn) {
      this.#envelopes.delete(message)
      withdraw?.(message)
    }
    connection.outbox.replace(connection.outbox.toArray().filter((message) => !withdrawn.has(message)))
  }

  sendFirst(envelopes: ReadonlyArray<Envelope<MessageDiscarded>>): void {
    const { outbox } = this.current.port.connection
    outbox.replace([...envelopes.map(this.#makeMessage), ...outbox.toArray()])
  }

  reconnect(): void {
    this.current.reconnect()
  }

  close(code: number, reason: string | undefined): void {
    this.current.close(code, reason)
  }

  /** Reports what became of a message, if it is one of this client. */
  settle(message: A, outcome: Outcome): void {
    const envelope = this.#envelopes.get(message)
    if (!this.#envelopes.delete(message) || envelope === undefined) return
    if (outcome === "written") envelope.written()
    else if (outcome === "vetoed" || outcome === "removed") envelope.failed(discarded(envelope.value))
    else envelope.failed(dropped(envelope.value, outcome))
  }
}
