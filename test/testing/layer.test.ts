/** The peer among fibers: what its users' tests look like. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as Dial from "../../src/core/dial.ts"
import { TestPeer } from "../../src/testing/index.ts"

/** Says hello on every connection, and dials again a second after each end. */
const greeter = Effect.gen(function* () {
  const socket = yield* Dial.dial(
    { url: "wss://greeter.test/", protocols: [] },
    { onMessage: () => {}, onError: () => {} },
    { connectTimeout: 15_000, closeTimeout: 2000 },
  )
  yield* socket.opened
  socket.send("hello")
  yield* socket.closed
}).pipe(Effect.scoped, Effect.exit, Effect.repeat(Schedule.spaced("1 second")))

it.effect("a program that dials again is followed from connection to connection", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const program = yield* Effect.forkScoped(greeter)
    const first = yield* peer.nextLink
    first.accept()
    expect(yield* first.next).toBe("hello")
    first.hangUp(1012)
    expect(yield* first.closed).toEqual({ code: 1012, reason: "", wasClean: true })
    yield* TestClock.adjust("1 second")
    const second = yield* peer.nextLink
    second.accept()
    expect(yield* second.next).toBe("hello")
    yield* Fiber.interrupt(program)
    expect(yield* second.closed).toEqual({ code: 1005, reason: "", wasClean: true })
    expect(peer.log.map(({ at, link, _tag }) => `${at} ${link} ${_tag}`)).toEqual([
      "0 0 Dialled",
      "0 0 Accepted",
      "0 0 Received",
      "0 0 ClosingSent",
      "0 0 Closed",
      "1000 1 Dialled",
      "1000 1 Accepted",
      "1000 1 Received",
      "1000 1 ClosingReceived",
      "1000 1 Closed",
    ])
  }).pipe(Effect.provide(TestPeer.layer())),
)

it.effect("a peer that accepts by itself does so inside of TestClock.adjust", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    yield* Effect.forkScoped(greeter)
    yield* TestClock.adjust(0)
    for (let n = 0; n < 5; n++) {
      peer.latest.drop()
      yield* TestClock.adjust("1 second")
    }
    expect(peer.received).toEqual(Array(6).fill("hello"))
    expect(peer.log.filter(({ _tag }) => _tag === "Dialled").map(({ at }) => at)).toEqual([
      0, 1000, 2000, 3000, 4000, 5000,
    ])
  }).pipe(Effect.provide(TestPeer.layer({ answer: "accept" }))),
)

it.effect("a wait for the next frame fails when there will be none", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    yield* Effect.forkScoped(greeter)
    const link = yield* peer.nextLink
    link.accept()
    yield* TestClock.adjust(0)
    link.drop()
    expect(yield* link.next).toBe("hello")
    expect(yield* Effect.flip(link.next)).toMatchObject({ _tag: "LinkClosed", code: 1006 })
  }).pipe(Effect.provide(TestPeer.layer())),
)

it.effect("whoever waits for what a page does goes on when the page has done", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const order: Array<string> = []
    const wait = (name: string, effect: Effect.Effect<unknown, unknown>) =>
      Effect.forkScoped(
        Effect.onExit(effect, () => Effect.sync(() => order.push(name))),
        { startImmediately: true },
      )
    yield* wait("nextLink", peer.nextLink)
    const socket = new peer.WebSocket("ws://peer.test/")
    order.push("dialled")
    yield* TestClock.adjust(0)
    peer.latest.accept()
    yield* wait("next", peer.latest.next)
    socket.send("hello")
    order.push("sent")
    yield* TestClock.adjust(0)
    yield* wait("no next", peer.latest.next)
    yield* wait("closed", peer.latest.closed)
    socket.onclose = () => order.push("onclose")
    peer.latest.drop()
    order.push("dropped")
    yield* TestClock.adjust(0)
    expect(order).toEqual(["dialled", "nextLink", "sent", "next", "onclose", "dropped", "closed", "no next"])
  }).pipe(Effect.provide(TestPeer.layer())),
)

it.effect("a wait that is interrupted takes nothing", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const waiting = yield* Effect.forkScoped(peer.nextLink, { startImmediately: true })
    yield* Fiber.interrupt(waiting)
    new peer.WebSocket("ws://peer.test/")
    expect((yield* peer.nextLink).id).toBe(0)
  }).pipe(Effect.provide(TestPeer.layer())),
)

it("whoever has no Effect waits by promises", async () => {
  const peer = TestPeer.make()
  const waiting = Effect.runPromise(peer.nextLink)
  const socket = new peer.WebSocket("ws://peer.test/")
  const link = await waiting
  link.accept()
  socket.send("hello")
  expect(await Effect.runPromise(link.next)).toBe("hello")
})
