/** Makes a client over the connection of an element, through the port of its public object. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { Buffering } from "../client/Buffering.ts"
import * as Codec from "../client/Codec.ts"
import type { MessageDiscarded } from "../client/Errors.ts"
import { Session } from "../client/Session.ts"
import { failed, fromCore, type State, waiting } from "../client/State.ts"
import * as CloseCode from "../core/CloseCode.ts"
import type { State as Core } from "../core/State.ts"
import type { Listener } from "../htmx/Port.ts"
import {
  awaitConnection,
  connectionOf,
  type HtmxVersion,
  NoConnection,
  onDial,
  type PublicObject,
} from "./connectionOf.ts"
import { ElementTransport, gone } from "./ElementTransport.ts"

/** Takes a frame and returns `true`, or leaves it to the page and returns `false`. */
type OnFrame<Out, In> = (
  session: Session<Out, In, MessageDiscarded>,
  codec: Codec.Codec<Out, In>,
  frame: unknown,
) => boolean

/** Makes a client for the life of the scope, as soon as the element has a connection. */
export const attach = <Out, In, R>(
  version: HtmxVersion,
  element: Element | null,
  codec: Codec.Codec<Out, In, R>,
  buffering: Buffering,
  onFrame: OnFrame<Out, In> = take,
): Effect.Effect<Session<Out, In, MessageDiscarded>, NoConnection, Scope.Scope | R> =>
  Effect.gen(function* () {
    if (element === null) return yield* new NoConnection({ message: "there is no element: it is null" })
    const provided = yield* Codec.provided(codec)
    const first = yield* awaitConnection(version, element)
    const transport = new ElementTransport(version, element, first)
    const session: Session<Out, In, MessageDiscarded> = yield* Session.make(
      provided,
      transport,
      buffering,
      found(first.port.connection.state),
    )
    const listener: Listener = {
      onState: (state) => {
        transport.removeWithdrawn()
        const next = fromCore(state, session.state)
        if (next !== undefined) session.enter(next)
        if (state._tag !== "Ended") return
        // With another URL, the element gets another connection in this turn.
        queueMicrotask(() => {
          if (transport.isGone && !("why" in session.state)) session.enter({ _tag: "Closed", why: gone() })
        })
      },
      onRetry: (...retry) => session.enter(waiting(...retry)),
      onFailed: (...failure) => session.enter(failed(...failure)),
      onError: (error) => session.report(error),
      onFrame: (frame) => onFrame(session, provided, frame),
    }
    const leave = (): void => {
      const { port } = transport.current
      port.listeners = port.listeners.filter((other) => other !== listener)
    }
    const follow = (connection: PublicObject): void => {
      leave()
      transport.current = connection
      connection.port.listeners = [...connection.port.listeners, listener]
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        follow(first)
        return onDial(version, element, () => {
          const next = connectionOf(version, element)
          if (next?._tag !== "Success" || next.value.port === transport.current.port) return
          follow(next.value)
          session.enter(found(next.value.port.connection.state))
        })
      }),
      (stop) =>
        Effect.sync(() => {
          stop()
          leave()
        }),
    )
    return session
  })

/** Takes a frame that fits the schema. JSON that does not fit is reported, and left to the page. */
const take = <Out, In>(
  session: Session<Out, In, MessageDiscarded>,
  codec: Codec.Codec<Out, In>,
  frame: unknown,
): boolean => {
  // Most frames of a page are HTML, which their beginning shows.
  if (typeof frame !== "string" || /^\s*</.test(frame)) return false
  const decoding = Effect.runFork(codec.decode(frame))
  const decoded = decoding.pollUnsafe()
  // The session decodes again, for as long as it may take, if the schema needs time.
  decoding.interruptUnsafe()
  const fits = decoded === undefined || Exit.isSuccess(decoded)
  if (fits || isJson(frame)) session.receive(frame, decoded ?? codec.decode(frame))
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

/** Returns the state of a connection that a client finds. What has led to it is unknown. */
const found = (state: Core): State => {
  const unknown = { code: CloseCode.NoStatusReceived, reason: "" }
  if (state._tag === "Waiting") return waiting(state.attempt, 0, unknown)
  if (state._tag === "Failed") return failed(0, unknown)
  const attempt = "attempt" in state ? state.attempt : 0
  return fromCore(state, { _tag: "Connecting", attempt }) ?? { _tag: "Connecting", attempt }
}
