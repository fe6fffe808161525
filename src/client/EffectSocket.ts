/**
 * Sockets of `effect/socket` over a connection of this package, for programs that use those, such as RPC clients.
 *
 * **Gotchas**
 *
 * `effect/socket` is marked unstable in Effect 4.1, and weighs more than all the rest of the client.
 *
 * **Example**
 *
 * ```ts
 * import { Console, Effect } from "effect"
 * import { EffectSocket } from "htmx-ext-effect-ws"
 *
 * const program = Effect.gen(function* () {
 *   const socket = yield* EffectSocket.make({ url: "wss://example.org/lines" })
 *   const { write } = yield* socket.writer
 *   yield* write("Hello")
 *   const { pull } = yield* socket.reader
 *   yield* Console.log(yield* pull)
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
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
import type { Buffering } from "./Buffering.ts"
import * as Codec from "./Codec.ts"
import { type Options as DialOptions, dial } from "./dial.ts"
import type { InvalidUrl, Over } from "./Errors.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import type { UrlLike } from "./Url.ts"

/** What to dial, and how: all options of a client but its schemas and buffers. A reader gets every frame. */
export interface Options extends Omit<DialOptions, keyof Buffering> {
  readonly url: string | UrlLike | Effect.Effect<string | UrlLike, unknown>
}

type Frame = string | Uint8Array
/** The frames of one socket. Fails when the socket ends. */
type Frames = Queue.Queue<Frame, EffectSocket.SocketError>

/** Has clients make their WebSockets by Effect's `WebSocketConstructor`, for example with the headers of `ws` in Node. */
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
 * Makes a `Socket` of `effect/socket` over a connection that dials again, for the life of the scope. Fails with
 * `InvalidUrl` if `url` is not the URL of a WebSocket.
 *
 * **Details**
 *
 * Acquiring the reader succeeds when the connection is open, after any number of attempts, and fails when it is over;
 * acquiring it after that starts the connection again. The reader fails with the close code when its socket ends; acquired
 * again, it reads from the next socket, whose first frames wait for it. Closing the scope of a reader closes the connection.
 * Chunks that are written while there is no connection wait in the queue.
 */
export const make = (options: Options): Effect.Effect<EffectSocket.Socket, InvalidUrl, Scope.Scope> =>
  Effect.gen(function* () {
    const session = yield* dial(codec, options)
    const sockets = yield* listen(session)
    return EffectSocket.make({
      reader: Effect.gen(function* () {
        if ("why" in session.state) yield* session.reconnect
        const frames = yield* Effect.acquireRelease(
          Effect.raceFirst(Queue.take(sockets), over(session)),
          (frames) =>
            Effect.suspend(() => (Queue.failCauseUnsafe(frames, ended()) ? session.close() : Effect.void)),
          { interruptible: true },
        )
        return { pull: Queue.takeAll(frames), upgrade: EffectSocket.SocketUpgradeError.unsupported }
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

const codec = Codec.make<Frame, Frame>(Effect.succeed, (frame) => Effect.succeed(Codec.bytes(frame) as Frame))

/** Returns the frames of the open socket, or of the last one, until a reader takes them. */
const listen = (session: Session<Frame, Frame>): Effect.Effect<Queue.Dequeue<Frames>> =>
  Effect.gen(function* () {
    const sockets = yield* Queue.sliding<Frames>(1)
    const begin = (): Frames => {
      const frames: Frames = Effect.runSync(Queue.unbounded())
      Queue.offerUnsafe(sockets, frames)
      return frames
    }
    let current = session.state._tag === "Open" ? begin() : undefined
    session.on("message", (frame) => {
      if (current !== undefined) Queue.offerUnsafe(current, frame)
    })
    session.on("state", (state) => {
      if (state._tag === "Open") current = begin()
      else if (state._tag !== "Closing" && current !== undefined) {
        Queue.failCauseUnsafe(current, ended(state))
        current = undefined
      }
    })
    return sockets
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

/** Returns the end of a socket, by the state that followed it. */
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
