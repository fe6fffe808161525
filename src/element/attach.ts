/** A client over the connection of an element, through the port of its public object. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { Problem } from "../client/Client.ts"
import type { Codec } from "../client/Codec.ts"
import { closedByUs, discarded, dropped, exhausted, type MessageDiscarded } from "../client/Errors.ts"
import { type Buffering, Session } from "../client/Session.ts"
import { fromCore, type State } from "../client/State.ts"
import type { Envelope, Transport } from "../client/Transport.ts"
import * as CloseCode from "../core/CloseCode.ts"
import type { State as Core } from "../core/State.ts"
import type { Listener, Outcome, Port } from "../htmx/Port.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"
import * as Json from "./json.ts"
import { NoConnection } from "./NoConnection.ts"

/** A client for the life of the scope, as soon as the element has a connection. */
export const attach = <Out, In, R, A, P extends Port<A>>(
  version: HtmxVersion<A, P>,
  element: Element,
  codec: Codec<Out, In, R>,
  buffering: Buffering,
): Effect.Effect<Session<Out, In, MessageDiscarded>, NoConnection, Scope.Scope | R> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    const provided: Codec<Out, In> = {
      encode: (message) => Effect.provideContext(codec.encode(message), context),
      decode: (frame) => Effect.provideContext(codec.decode(frame), context),
    }
    const first = yield* connected(version, element)
    const transport: ElementTransport<Out, In, A, P> = new ElementTransport(
      version,
      element,
      first,
      provided,
      () => session,
    )
    const session: Session<Out, In, MessageDiscarded> = yield* Session.make(
      provided,
      transport,
      buffering,
      initial(first.port.connection.state),
    )
    yield* Effect.acquireRelease(
      Effect.sync(() => transport.attach()),
      () => Effect.sync(() => transport.detach()),
    )
    return session
  })

/** The public object of an element's connection, if it has one: ours, of a version of the port that this client knows. */
const find = <A, P extends Port<A>>(
  version: HtmxVersion<A, P>,
  element: Element,
): PublicObject<P> | NoConnection | undefined => {
  const found = version.publicObject(element)
  if (found === undefined || found.port?.version === 1) return found as PublicObject<P> | undefined
  return new NoConnection({
    message:
      found.port === undefined
        ? "the connection of the element is that of another extension"
        : "the extension on the page is of another version than this client: load the same version of both",
  })
}

/** Waits for the connection of an element that htmx has not processed yet, or that is still to be triggered. */
const connected = <A, P extends Port<A>>(
  version: HtmxVersion<A, P>,
  element: Element,
): Effect.Effect<PublicObject<P>, NoConnection> =>
  Effect.callback((resume) => {
    const settle = (outcome: Effect.Effect<PublicObject<P>, NoConnection>): void => {
      stop()
      resume(outcome)
    }
    const look = (): void => {
      const found = find(version, element)
      if (found instanceof NoConnection) settle(Effect.fail(found))
      else if (found !== undefined) settle(Effect.succeed(found))
      else if (!version.wantsConnection(element))
        settle(Effect.fail(new NoConnection({ message: "the element asks for none" })))
    }
    const stop = onDial(version, element, () => {
      look()
      // The official script dispatches the event first, and exposes its connection then.
      queueMicrotask(look)
    })
    look()
    return Effect.sync(stop)
  })

/** Calls `listener` when the element is about to be dialled. Returns how to stop that. */
const onDial = <A, P extends Port<A>>(
  version: HtmxVersion<A, P>,
  element: Element,
  listener: () => void,
): (() => void) => {
  const names = version.dialEvents(element)
  const onEvent = ({ target }: Event): void => {
    if (target === element) listener()
  }
  for (const name of names) element.addEventListener(name, onEvent)
  return () => {
    for (const name of names) element.removeEventListener(name, onEvent)
  }
}

class ElementTransport<Out, In, A, P extends Port<A>> implements Transport<MessageDiscarded> {
  readonly #version: HtmxVersion<A, P>
  readonly #element: Element
  readonly #codec: Codec<Out, In>
  readonly #session: () => Session<Out, In, MessageDiscarded>
  /** The envelopes whose outcome is not known, oldest first, with the messages of htmx that they are. */
  readonly #messages = new Map<Envelope<MessageDiscarded>, A>()
  /** The connection that the element had last. */
  #current: PublicObject<P>
  /** Ends the watch for another connection. */
  #stop = (): void => {}

  constructor(
    version: HtmxVersion<A, P>,
    element: Element,
    current: PublicObject<P>,
    codec: Codec<Out, In>,
    session: () => Session<Out, In, MessageDiscarded>,
  ) {
    this.#version = version
    this.#element = element
    this.#current = current
    this.#codec = codec
    this.#session = session
  }

  attach(): void {
    this.#current.port.listeners.add(this.#listener)
    this.#stop = onDial(this.#version, this.#element, () => this.#follow())
  }

  detach(): void {
    this.#stop()
    this.#current.port.listeners.delete(this.#listener)
  }

  send(envelope: Envelope<MessageDiscarded>): void {
    const { port } = this.#current
    if (port.connection.state._tag === "Ended") envelope.failed(gone())
    else this.#version.send(port, this.#messageOf(envelope))
  }

  waiting(): ReadonlyArray<Envelope<MessageDiscarded>> {
    return [...this.#messages.keys()]
  }

  withdraw(envelopes: ReadonlyArray<Envelope<MessageDiscarded>>): void {
    const withdrawn = new Set<A>()
    for (const envelope of envelopes) {
      const message = this.#messages.get(envelope)
      if (message === undefined) continue
      this.#messages.delete(envelope)
      this.#version.withdraw(this.#current.port, message)
      withdrawn.add(message)
    }
    const { outbox } = this.#current.port.connection
    outbox.replace(outbox.toArray().filter((message) => !withdrawn.has(message)))
  }

  sendFirst(envelopes: ReadonlyArray<Envelope<MessageDiscarded>>): void {
    const { outbox } = this.#current.port.connection
    outbox.replace([...envelopes.map((envelope) => this.#messageOf(envelope)), ...outbox.toArray()])
  }

  reconnect(): void {
    if (this.#current.port.listeners.has(this.#listener)) this.#current.reconnect()
  }

  close(code: number, reason: string | undefined): void {
    this.#current.close(code, reason)
  }

  readonly #listener: Listener<A> = (...event) => {
    switch (event[0]) {
      case "state":
        return this.#enter(event[1])
      case "retry": {
        const [, attempt, delay, { code, reason }] = event
        return this.#session().enter({ _tag: "Waiting", attempt, delay, code, reason })
      }
      case "failed":
        return this.#session().enter({ _tag: "Failed", why: exhausted(event[1], event[2]) })
      case "error":
        return isProblem(event[1]) && this.#session().report(event[1])
      case "frame":
        return this.#take(event[1])
      case "outcome":
        return this.#settle(event[1], event[2])
    }
  }

  #enter(state: Core): void {
    if (state._tag === "Ended") {
      // With another URL, the element gets another connection in this turn.
      queueMicrotask(() => {
        if (this.#current.port.connection.state._tag === "Ended" && !("why" in this.#session().state))
          this.#session().enter({ _tag: "Closed", why: gone() })
      })
      return
    }
    const next = fromCore(state, this.#session().state)
    if (next !== undefined) this.#session().enter(next)
  }

  /** Goes over to another connection of the element. */
  #follow(): void {
    const found = find(this.#version, this.#element)
    if (found === undefined || found instanceof NoConnection || found.port === this.#current.port) return
    this.#current.port.listeners.delete(this.#listener)
    this.#current = found
    found.port.listeners.add(this.#listener)
    this.#session().enter(initial(found.port.connection.state))
  }

  /** Takes a frame that fits the schema. JSON that does not fit is reported and left to the page. */
  #take(frame: unknown): boolean {
    if (!Json.canBe(frame)) return false
    const decoding = Effect.runFork(this.#codec.decode(frame))
    const decoded = decoding.pollUnsafe()
    // A schema that needs time begins anew where what it does can be interrupted.
    decoding.interruptUnsafe()
    const fits = decoded === undefined || Exit.isSuccess(decoded)
    if (fits || Json.parse(frame) !== undefined) this.#session().receive(frame, decoded)
    return fits
  }

  #settle(message: A, outcome: Outcome): void {
    for (const [envelope, other] of this.#messages) {
      if (other !== message) continue
      this.#messages.delete(envelope)
      if (outcome === "written") envelope.written()
      else if (outcome === "vetoed" || outcome === "removed") envelope.failed(discarded(envelope.value))
      else envelope.failed(dropped(envelope.value, outcome))
      return
    }
  }

  #messageOf(envelope: Envelope<MessageDiscarded>): A {
    const message = this.#version.makeMessage(this.#element, envelope.payload)
    this.#messages.set(envelope, message)
    return message
  }
}

const gone = () => closedByUs("the element has no connection any more")

/** The state of a connection that a client finds. What has led to it is not known. */
const initial = (state: Core): State => {
  const ended = { code: CloseCode.NoStatusReceived, reason: "" }
  switch (state._tag) {
    case "Connecting":
      return { _tag: "Connecting", attempt: state.attempt }
    case "Waiting":
      return { _tag: "Waiting", attempt: state.attempt, delay: 0, ...ended }
    case "Failed":
      return { _tag: "Failed", why: exhausted(0, ended) }
    default:
      return fromCore(state, { _tag: "Open" }) ?? { _tag: "Connecting", attempt: 0 }
  }
}

const problems: ReadonlySet<unknown> = new Set(["DialError", "SocketError", "DelayError", "WriteError"])

/** The script may be another copy of ours: its classes are not ours, but their tags are. */
const isProblem = (error: unknown): error is Problem =>
  typeof error === "object" && error !== null && "_tag" in error && problems.has(error._tag)
