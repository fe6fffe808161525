/** A client over the connection of an element, through the port of its public object. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { Problem } from "../client/Client.ts"
import * as Codec from "../client/Codec.ts"
import type { MessageDiscarded } from "../client/Errors.ts"
import { type Buffering, Session } from "../client/Session.ts"
import { failed, fromCore, type State, waiting } from "../client/State.ts"
import * as CloseCode from "../core/CloseCode.ts"
import type { State as Core } from "../core/State.ts"
import type { PortEvent } from "../htmx/Port.ts"
import { awaitConnection, connectionOf, NoConnection, onDial } from "./connectionOf.ts"
import { ElementTransport, gone } from "./ElementTransport.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

/** Makes a client for the life of the scope, as soon as the element has a connection. */
export const attach = <Out, In, R, A>(
  version: HtmxVersion<A>,
  element: Element | null,
  codec: Codec.Codec<Out, In, R>,
  buffering: Buffering,
): Effect.Effect<Session<Out, In, MessageDiscarded>, NoConnection, Scope.Scope | R> =>
  Effect.gen(function* () {
    if (element === null) return yield* new NoConnection({ message: "there is no element: it is null" })
    const provided = yield* Codec.provided(codec)
    const transport = new ElementTransport(version, element, yield* awaitConnection(version, element))
    const session = yield* Session.make<Out, In, MessageDiscarded>(
      provided,
      transport,
      buffering,
      found(transport.current.port.connection.state),
    )
    const listener = (...event: PortEvent<A>): unknown => {
      switch (event[0]) {
        case "state":
          return enter(session, transport, event[1])
        case "retry":
          return session.enter(waiting(event[1], event[2], event[3]))
        case "failed":
          return session.enter(failed(event[1], event[2]))
        case "error":
          return isProblem(event[1]) && session.report(event[1])
        case "frame":
          return take(session, provided, event[1])
        case "outcome":
          return transport.settle(event[1], event[2])
      }
    }
    const listen = ({ port }: PublicObject<A>): void => {
      port.listeners = [...port.listeners, listener]
    }
    const stopListening = ({ port }: PublicObject<A>): void => {
      port.listeners = port.listeners.filter((other) => other !== listener)
    }
    const follow = (): void => {
      const next = connectionOf(version, element)
      if (next === undefined || Exit.isFailure(next) || next.value.port === transport.current.port) return
      stopListening(transport.current)
      transport.current = next.value
      listen(next.value)
      session.enter(found(next.value.port.connection.state))
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        listen(transport.current)
        return onDial(version, element, follow)
      }),
      (stop) =>
        Effect.sync(() => {
          stop()
          stopListening(transport.current)
        }),
    )
    return session
  })

const enter = <Out, In, A>(
  session: Session<Out, In, MessageDiscarded>,
  transport: ElementTransport<A>,
  state: Core,
): void => {
  const next = fromCore(state, session.state)
  if (next !== undefined) session.enter(next)
  if (state._tag !== "Ended") return
  // With another URL, the element gets another connection in this turn.
  queueMicrotask(() => {
    if (transport.current.port.connection.state._tag === "Ended" && !("why" in session.state))
      session.enter({ _tag: "Closed", why: gone() })
  })
}

/** Takes a frame that fits the schema. JSON that does not fit is reported, and left to the page. */
const take = <Out, In>(
  session: Session<Out, In, MessageDiscarded>,
  codec: Codec.Codec<Out, In>,
  frame: unknown,
): boolean => {
  // Most frames of a page are HTML: their beginning spares them the rest.
  if (typeof frame !== "string" || /^\s*</.test(frame)) return false
  const decoding = Effect.runFork(codec.decode(frame))
  const decoded = decoding.pollUnsafe()
  // The session decodes again, for as long as it may take, if the schema needs time.
  decoding.interruptUnsafe()
  const fits = decoded === undefined || Exit.isSuccess(decoded)
  if (fits || isJson(frame)) session.receive(frame, decoded)
  return fits
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The state of a connection that a client finds. What has led to it is not known. */
const found = (state: Core): State => {
  const ended = { code: CloseCode.NoStatusReceived, reason: "" }
  switch (state._tag) {
    case "Connecting":
      return { _tag: "Connecting", attempt: state.attempt }
    case "Waiting":
      return waiting(state.attempt, 0, ended)
    case "Failed":
      return failed(0, ended)
    default:
      return fromCore(state, { _tag: "Open" }) ?? { _tag: "Connecting", attempt: 0 }
  }
}

const problems: ReadonlySet<unknown> = new Set(["DialError", "SocketError", "DelayError", "WriteError"])

/** The script may be another copy of this package: its classes differ, their tags do not. */
const isProblem = (error: unknown): error is Problem =>
  typeof error === "object" && error !== null && "_tag" in error && problems.has(error._tag)
