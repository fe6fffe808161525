/**
 * Where Effect's own sockets meet ours: `effect/socket`, for programs that are written against it (RPC clients,
 * Channels), over a connection that dials again by our rules.
 *
 * *Gotchas*
 *
 * `effect/socket` is marked unstable in Effect 4.1, and weighs more than all the rest of the client.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as EffectSocket from "effect/socket/Socket"
import * as CloseCode from "../core/CloseCode.ts"
import { WebSocketConstructor, type WebSocketLike } from "../core/Socket.ts"
import * as Codec from "./Codec.ts"
import { type Options as DialOptions, dial } from "./dial.ts"
import type { InvalidUrl, Over } from "./Errors.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import type { UrlLike } from "./Url.ts"

export interface Options extends DialOptions {
  readonly url: string | UrlLike | Effect.Effect<string | UrlLike, unknown>
}

type Frame = string | Uint8Array
/** The frames of one socket; fails with its end. */
type Line = Queue.Queue<Frame, EffectSocket.SocketError>

/** Has clients make their WebSockets by Effect's `WebSocketConstructor`: with the headers of `ws` in Node, say. */
export const layerWebSocketConstructor: Layer.Layer<never, never, EffectSocket.WebSocketConstructor> =
  Layer.effect(
    WebSocketConstructor,
    EffectSocket.WebSocketConstructor.useSync(
      (construct) =>
        ({ protocols, url }) =>
          construct(url, [...protocols]) as WebSocketLike,
    ),
  )

/**
 * A `Socket` of Effect's over a connection of ours, for the life of the scope.
 *
 * *Details*
 *
 * Acquiring its reader succeeds when the connection is open, over any number of attempts, and fails when it is over;
 * acquired again, it begins anew. The reader fails with the close code, as Effect has it, when its socket ends: the
 * next one is on its way by then, and what comes before there is a reader waits for it. Closing the scope of a reader
 * hangs up. What is written while there is no connection waits for one, in the bounds of the queue.
 */
export const make = (options: Options): Effect.Effect<EffectSocket.Socket, InvalidUrl, Scope.Scope> =>
  Effect.gen(function* () {
    const session = yield* dial(frames, options)
    const lines = yield* listen(session, options.bufferSize ?? BUFFER_SIZE)
    return EffectSocket.make({
      reader: Effect.gen(function* () {
        if ("why" in session.state) yield* session.reconnect
        const line = yield* Effect.acquireRelease(
          Effect.raceFirst(Queue.take(lines), over(session)),
          (line) =>
            Effect.suspend(() => (Queue.failCauseUnsafe(line, ended()) ? session.close() : Effect.void)),
          { interruptible: true },
        )
        return { pull: Queue.takeAll(line), upgrade: EffectSocket.SocketUpgradeError.unsupported }
      }),
      writer: Effect.succeed({
        write: (chunk) =>
          EffectSocket.isCloseEvent(chunk)
            ? Effect.catchDefect(session.close(chunk.code, chunk.reason), notWritten)
            : write(session, chunk),
        writeAll: (chunks) => Effect.forEach(chunks, (chunk) => write(session, chunk), { discard: true }),
      }),
    })
  })

const BUFFER_SIZE = 1024

const frames = Codec.make<Frame, Frame>(Effect.succeed, (frame) =>
  Effect.succeed(Codec.bytes(frame) as Frame),
)

/** The line of the socket that is open, or was last, until a reader takes it. */
const listen = (session: Session<Frame, Frame>, bufferSize: number): Effect.Effect<Queue.Dequeue<Line>> =>
  Effect.gen(function* () {
    const lines = yield* Queue.sliding<Line>(1)
    const begin = (): Line => {
      const line: Line = Effect.runSync(Queue.dropping(bufferSize))
      Queue.offerUnsafe(lines, line)
      return line
    }
    let line = session.state._tag === "Open" ? begin() : undefined
    session.on("message", (frame) => {
      if (line !== undefined && !Queue.offerUnsafe(line, frame)) Queue.failCauseUnsafe(line, full(bufferSize))
    })
    session.on("state", (state) => {
      if (state._tag === "Open") line = begin()
      else if (state._tag !== "Closing" && line !== undefined) {
        Queue.failCauseUnsafe(line, ended(state))
        line = undefined
      }
    })
    return lines
  })

const over = (session: Session<Frame, Frame>): Effect.Effect<never, EffectSocket.SocketError> =>
  Effect.andThen(session.awaitOpen, Effect.never).pipe(
    Effect.mapError(
      (cause) =>
        new EffectSocket.SocketError({
          reason: new EffectSocket.SocketOpenError({ kind: "Unknown", cause }),
        }),
    ),
  )

const write = (
  session: Session<Frame, Frame>,
  frame: Frame,
): Effect.Effect<void, EffectSocket.SocketError> => {
  const again = (why: Over) =>
    session.changes.pipe(
      Stream.filter(({ _tag }) => _tag === "Open"),
      Stream.runHead,
      Effect.flatMap((open) => (Option.isSome(open) ? send : Effect.fail(why))),
    )
  const send: ReturnType<typeof session.send> = Effect.suspend(() =>
    Effect.catchTags(session.send(frame), { ConnectionClosed: again, RetriesExhausted: again }),
  )
  return Effect.catch(send, notWritten)
}

const notWritten = (cause: unknown): Effect.Effect<never, EffectSocket.SocketError> =>
  Effect.fail(new EffectSocket.SocketError({ reason: new EffectSocket.SocketWriteError({ cause }) }))

/** How a socket has ended, as far as the state that follows tells. */
const ended = (state?: State): Cause.Cause<EffectSocket.SocketError> => {
  const { code, reason } =
    state !== undefined && "why" in state
      ? state.why
      : state?._tag === "Waiting"
        ? state
        : { code: CloseCode.AbnormalClosure, reason: "" }
  return Cause.fail(
    new EffectSocket.SocketError({
      reason: new EffectSocket.SocketCloseError({ code, closeReason: reason }),
    }),
  )
}

const full = (bufferSize: number): Cause.Cause<EffectSocket.SocketError> =>
  Cause.fail(
    new EffectSocket.SocketError({
      reason: new EffectSocket.SocketReadError({
        cause: new Error(`a reader has fallen ${bufferSize} frames behind`),
      }),
    }),
  )
