/**
 * A server that a test controls, and the WebSockets that dial it, without a network and without real time.
 *
 * **Details**
 *
 * The sockets behave as Chromium's, which the tests prove by playing the same scenarios in both. A call of the page
 * dispatches no event in its own turn: the answer is a later task. A call of the peer is a task that is over when the
 * call returns; called from inside a listener, it runs after that listener's task.
 *
 * **Gotchas**
 *
 * `bufferedAmount` counts what a stalled peer has not read; a real network buffers some megabytes first. A handshake or a
 * closing handshake that hangs does so for ever, and events are not `isTrusted`.
 *
 * **Example**
 *
 * ```ts
 * import { strictEqual } from "node:assert"
 * import { Effect, Schema, Stream } from "effect"
 * import { TestClock } from "effect/testing"
 * import { WsClient } from "htmx-ext-effect-ws"
 * import { TestPeer } from "htmx-ext-effect-ws/testing"
 *
 * const program = Effect.gen(function* () {
 *   const chat = yield* WsClient.make({ url: "wss://a.test", outgoing: Schema.String, incoming: Schema.String })
 *   const opens = Stream.filter(chat.changes, ({ _tag }) => _tag === "Open")
 *   yield* Stream.runForEach(opens, () => chat.send("hello"))
 * })
 *
 * const test = Effect.gen(function* () {
 *   const peer = yield* TestPeer.TestPeer
 *   yield* Effect.forkScoped(program)
 *   const first = yield* peer.nextLink
 *   first.accept()
 *   strictEqual(yield* first.next, '"hello"')
 *   first.hangUp(1012)
 *   yield* TestClock.adjust("1 second")
 *   const second = yield* peer.nextLink
 *   second.accept()
 *   strictEqual(yield* second.next, '"hello"')
 * })
 * await Effect.runPromise(Effect.scoped(test).pipe(Effect.provide([TestPeer.layer(), TestClock.layer()])))
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WebSocketConstructor } from "../core/Socket.ts"
import { type Options, Peer } from "./Peer.ts"

export type { CloseFrame, MessageData } from "./Frame.ts"
export { type Link, LinkClosed } from "./Link.ts"
export type { Ending, Entry, Happening } from "./Log.ts"
export type { Answer, Options, Peer } from "./Peer.ts"

/**
 * Makes a peer for programs without Effect, which use its `WebSocket`.
 *
 * **Example**
 *
 * ```ts
 * import { connect } from "htmx-ext-effect-ws"
 * import { TestPeer } from "htmx-ext-effect-ws/testing"
 *
 * const peer = TestPeer.make({ answer: "accept" })
 * globalThis.WebSocket = peer.WebSocket
 * await using chat = connect("wss://example.org/chat")
 * await chat.send({ text: "Hello" })
 * console.log(peer.received)
 * ```
 */
export const make = (options?: Options): Peer => new Peer(options)

/** The service that is the peer of the program under test. */
export class TestPeer extends Context.Service<TestPeer, Peer>()("htmx-ext-effect-ws/TestPeer") {}

/**
 * Provides a peer, and the `Socket.WebSocketConstructor` by which every client of this package dials it.
 *
 * **Details**
 *
 * Tasks of the peer run among those of fibers, and its log has their time: under `TestClock` nothing waits for real time,
 * and `TestClock.adjust` returns when everything is answered.
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
