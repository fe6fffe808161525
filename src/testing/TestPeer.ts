/**
 * A server that a test holds in its hand, and the WebSockets that reach it: no network and no real time.
 *
 * **Details**
 *
 * The sockets do what Chromium's do, which is proved by playing the same in both. What a page calls never makes an
 * event in the same turn: the answer is a task, which comes later. What the peer does is a task of its own, and over
 * when the call returns; called from inside a listener, it comes after that.
 *
 * **Gotchas**
 *
 * `bufferedAmount` is what a stalled peer has not read: a real network takes some megabytes first. A handshake or a
 * closing that hangs does so for ever, and events are not `isTrusted`.
 *
 * **Example** (A program that dials again)
 *
 * ```ts
 * it.effect("says hello to a server that has restarted", () =>
 *   Effect.gen(function*() {
 *     const peer = yield* TestPeer.TestPeer
 *     yield* Effect.forkScoped(program)
 *     const first = yield* peer.nextLink
 *     first.accept()
 *     first.hangUp(1012)
 *     yield* TestClock.adjust("1 minute")
 *     const second = yield* peer.nextLink
 *     second.accept()
 *     assert.strictEqual(yield* second.next, "hello")
 *   }).pipe(Effect.provide(TestPeer.layer())))
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WebSocketConstructor } from "../core/Socket.ts"
import { type Options, Peer } from "./Peer.ts"

export type { CloseFrame, Message } from "./Frame.ts"
export { type Link, LinkClosed } from "./Link.ts"
export type { Ending, Entry, Happening } from "./Log.ts"
export type { Answer, Options, Peer } from "./Peer.ts"

/** Makes a peer for a program without Effect: its `WebSocket` is handed in, or takes the place of the global one. */
export const make = (options?: Options): Peer => new Peer(options)

/** The peer of the program under test. */
export class TestPeer extends Context.Service<TestPeer, Peer>()("htmx-ext-effect-ws/TestPeer") {}

/**
 * A peer, and the core's `WebSocketConstructor` that dials it, so that every client of this package reaches it. Its
 * tasks run among those of the fibers and its log tells their time: under `TestClock` nothing waits for real time,
 * and `TestClock.adjust` returns when all is answered.
 */
export const layer = (options: Pick<Options, "answer" | "uncaught"> = {}): Layer.Layer<TestPeer> =>
  Layer.effectContext(
    Effect.withFiber((fiber) => {
      const dispatcher = fiber.currentDispatcher
      const clock = fiber.getRef(Clock.Clock)
      const peer = make({
        ...options,
        schedule: (task) => dispatcher.scheduleTask(task, 0),
        now: () => clock.currentTimeMillisUnsafe(),
      })
      return Effect.succeed(
        Context.make(TestPeer, peer).pipe(Context.add(WebSocketConstructor, peer.construct)),
      )
    }),
  )
