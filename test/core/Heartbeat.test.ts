import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Dial from "../../src/core/dial.ts"
import * as Heartbeat from "../../src/core/Heartbeat.ts"
import * as Socket from "../../src/core/Socket.ts"
import type { TestPeer } from "../../src/testing/index.ts"
import { Peer } from "../setup/Peer.ts"
import { Watch } from "./bench.ts"

const ping = '{"type":"ping"}'

/** An open socket that is watched, and when the peer was asked. */
const watched = ({ interval = 5000, timeout = 2000, watch = Heartbeat.make() } = {}) =>
  Effect.gen(function* () {
    const peer = new Peer()
    const socket = yield* Dial.dial(
      { url: "ws://peer.test/", protocols: [] },
      { onMessage: () => {}, onError: () => {} },
      { connectTimeout: 1000, closeTimeout: 1000 },
    ).pipe(Effect.provideService(Socket.WebSocketConstructor, peer.construct))
    const link = peer.latest
    link.accept()
    const clock = new Watch(yield* Clock.Clock)
    const asked: Array<number> = []
    const send = link.socket.send.bind(link.socket)
    link.socket.send = (data) => {
      asked.push(clock.currentTimeMillisUnsafe() - clock.skew)
      send(data)
    }
    const fiber = yield* watch(socket, { interval, timeout, message: ping }).pipe(
      Effect.provideService(Clock.Clock, clock),
      Effect.forkScoped({ startImmediately: true }),
    )
    return { asked, clock, fiber, link, over: () => fiber.pollUnsafe() !== undefined }
  })

it.effect("the message is sent exactly `interval` after the socket opened if the peer is silent", () =>
  Effect.gen(function* () {
    const { asked, link } = yield* watched()
    yield* TestClock.adjust(4999)
    expect(asked).toEqual([])
    yield* TestClock.adjust(1)
    expect([asked, link.received]).toEqual([[5000], [ping]])
  }),
)

it.effect("any frame delays the message to exactly `interval` after it", () =>
  Effect.gen(function* () {
    const { asked, link } = yield* watched()
    for (let n = 0; n < 3; n++) {
      yield* TestClock.adjust(4000)
      link.send(String(n))
    }
    yield* TestClock.adjust(4999)
    expect(asked).toEqual([])
    yield* TestClock.adjust(1)
    expect(asked).toEqual([17_000])
  }),
)

it.effect("a peer that does not answer is abandoned exactly `timeout` after the message", () =>
  Effect.gen(function* () {
    const { fiber, over } = yield* watched()
    yield* TestClock.adjust(6999)
    expect(over()).toBe(false)
    yield* TestClock.adjust(1)
    expect(yield* Fiber.join(fiber)).toMatchObject({
      code: 1006,
      wasClean: false,
      reason: "no answer to the heartbeat",
    })
  }),
)

it.effect.each(["pong", "", new ArrayBuffer(1)])("any frame is an answer: %j", (frame) =>
  Effect.gen(function* () {
    const { asked, link, over } = yield* watched()
    yield* TestClock.adjust(6999)
    link.send(frame)
    yield* TestClock.adjust(4999)
    expect([over(), asked]).toEqual([false, [5000]])
    yield* TestClock.adjust(1)
    expect(asked).toEqual([5000, 11_999])
  }),
)

it.effect("an answer in the same millisecond counts", () =>
  Effect.gen(function* () {
    const { link, over } = yield* watched()
    yield* TestClock.adjust(5000)
    link.send("pong")
    yield* TestClock.adjust(4999)
    expect(over()).toBe(false)
  }),
)

it.effect("a frame from before the message is no answer", () =>
  Effect.gen(function* () {
    const { asked, link, over } = yield* watched()
    yield* TestClock.adjust(100)
    link.send("hi")
    yield* TestClock.adjust(7000)
    expect([asked, over()]).toEqual([[5100], true])
  }),
)

it.effect("a peer that always answers gets one message per interval, even if the timeout is longer", () =>
  Effect.gen(function* () {
    const { asked, link, over } = yield* watched({ interval: 1000, timeout: 5000 })
    for (let n = 1; n <= 5; n++) {
      yield* TestClock.adjust(1000)
      link.send("pong")
    }
    expect([asked, over()]).toEqual([[1000, 2000, 3000, 4000, 5000], false])
  }),
)

it.effect(
  "a peer that answers once and then dies is abandoned within interval and timeout of its last frame",
  () =>
    Effect.gen(function* () {
      const { link, over } = yield* watched({ interval: 1000, timeout: 5000 })
      yield* TestClock.adjust(1000)
      link.send("pong")
      yield* TestClock.adjust(5999)
      expect(over()).toBe(false)
      yield* TestClock.adjust(1)
      expect(over()).toBe(true)
    }),
)

it.effect("a late timer says nothing about the peer: the message is sent again", () =>
  Effect.gen(function* () {
    const { asked, clock, over } = yield* watched()
    yield* TestClock.adjust(6000)
    clock.skew = 3_600_000
    yield* TestClock.adjust(1000)
    expect([over(), asked]).toEqual([false, [5000, 6250]])
    yield* TestClock.adjust(1249)
    expect(over()).toBe(false)
    yield* TestClock.adjust(1)
    expect(over()).toBe(true)
  }),
)

it.effect("a timer as late as those of a hidden page, which run once a second, says nothing else", () =>
  Effect.gen(function* () {
    const { asked, clock, over } = yield* watched()
    for (let step = 0; step < 8; step++) {
      yield* TestClock.adjust(step === 0 ? 5001 : 250)
      clock.skew += 1010
    }
    yield* TestClock.adjust(249)
    expect([asked, over()]).toEqual([[5000], true])
  }),
)

it.effect("after the machine slept the message is sent, and the peer has its time to answer", () =>
  Effect.gen(function* () {
    const { asked, clock, link, over } = yield* watched()
    yield* TestClock.adjust(1000)
    clock.skew = 3_600_000
    yield* TestClock.adjust(4000)
    expect([over(), asked]).toEqual([false, [5000]])
    yield* TestClock.adjust(1999)
    link.send("pong")
    yield* TestClock.adjust(1)
    expect(over()).toBe(false)
  }),
)

it.effect("the message is sent after an interval, however the date jumps", () =>
  Effect.gen(function* () {
    for (const skew of [-3_600_000, 3_600_000])
      for (const frames of [0, 1]) {
        const { asked, clock, link } = yield* watched()
        yield* TestClock.adjust(1000)
        for (let n = 0; n < frames; n++) link.send(String(n))
        clock.skew = skew
        const due = frames * 1000 + 5000
        yield* TestClock.adjust(due - 1001)
        expect(asked).toEqual([])
        yield* TestClock.adjust(1)
        expect(asked).toHaveLength(1)
      }
  }),
)

it.effect("setting the clock back loses no answer", () =>
  Effect.gen(function* () {
    const { clock, link, over } = yield* watched()
    yield* TestClock.adjust(5000)
    clock.skew = -3_600_000
    yield* TestClock.adjust(500)
    link.send("pong")
    yield* TestClock.adjust(4499)
    expect(over()).toBe(false)
  }),
)

it.effect("a socket that the peer is closing is not written to, and is abandoned in time", () =>
  Effect.gen(function* () {
    const { asked, link, over } = yield* watched()
    link.startHangingUp()
    yield* TestClock.adjust(7000)
    expect([asked, over(), link.received]).toEqual([[], true, []])
  }),
)

it.effect("a message that the socket refuses does no harm: the peer is abandoned in time", () =>
  Effect.gen(function* () {
    const { fiber, link } = yield* watched()
    link.socket.send = () => {
      throw new Error("no")
    }
    yield* TestClock.adjust(7000)
    expect(yield* Fiber.join(fiber)).toMatchObject({ code: 1006 })
  }),
)

it.effect("a watch that is over has no timer", () =>
  Effect.gen(function* () {
    const { clock, fiber } = yield* watched()
    expect(clock.sleeping).toBe(1)
    yield* Fiber.interrupt(fiber)
    expect(clock.sleeping).toBe(0)
  }),
)

describe("a buffer", () => {
  const buffer = (link: TestPeer.Link, bytes: number) =>
    Object.defineProperty(link.socket, "bufferedAmount", { value: bytes, configurable: true })

  it.effect(
    "that has shrunk after the timeout is an answer: the next message follows an interval later",
    () =>
      Effect.gen(function* () {
        const { asked, link, over } = yield* watched({ interval: 1000, timeout: 3000 })
        buffer(link, 500)
        yield* TestClock.adjust(2500)
        buffer(link, 499)
        yield* TestClock.adjust(2500)
        expect([asked, over()]).toEqual([[1000, 5000], false])
        yield* TestClock.adjust(2999)
        expect(over()).toBe(false)
        yield* TestClock.adjust(1)
        expect(over()).toBe(true)
      }),
  )

  it.effect("that held only the message is no answer: the network takes it even if the peer is dead", () =>
    Effect.gen(function* () {
      const { link, over } = yield* watched({ interval: 1000, timeout: 3000 })
      const { socket } = link
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        send(data)
        buffer(link, 15)
      }
      yield* TestClock.adjust(1000)
      buffer(link, 0)
      yield* TestClock.adjust(3000)
      expect(over()).toBe(true)
    }),
  )

  it.effect.each([
    ["fills again", [900, 100, 900]],
    ["has grown on the whole", [500, 1200, 1100, 1900]],
  ] as const)("that shrinks, and %s as a page goes on sending, is an answer", ([, amounts]) =>
    Effect.gen(function* () {
      const { link, over } = yield* watched({ interval: 1000, timeout: 8000 })
      buffer(link, amounts[0])
      yield* TestClock.adjust(1000)
      for (const bytes of amounts) {
        buffer(link, bytes)
        yield* TestClock.adjust(1500)
      }
      yield* TestClock.adjust(8000 - 1500 * amounts.length)
      expect(over()).toBe(false)
      yield* TestClock.adjust(9000)
      expect(over()).toBe(true)
    }),
  )

  it.effect(
    "that had nothing before the message is no answer: the message went ahead of what came later",
    () =>
      Effect.gen(function* () {
        const { link, over } = yield* watched({ interval: 1000, timeout: 3000 })
        yield* TestClock.adjust(1000)
        for (const bytes of [20, 0, 20]) {
          buffer(link, bytes)
          yield* TestClock.adjust(1000)
        }
        expect(over()).toBe(true)
      }),
  )

  it.effect("that grows or stays is no answer", () =>
    Effect.gen(function* () {
      const { link, over } = yield* watched({ interval: 1000, timeout: 3000 })
      buffer(link, 500)
      yield* TestClock.adjust(2000)
      buffer(link, 600)
      yield* TestClock.adjust(2000)
      expect(over()).toBe(true)
    }),
  )
})

describe("a drop that follows another", () => {
  /** How long silent peers, one after the other, have to answer. */
  const timeouts = (watch: Heartbeat.Watch, count: number) =>
    Effect.forEach(Array.from({ length: count }), () =>
      Effect.gen(function* () {
        const { over } = yield* watched({ interval: 1000, timeout: 1000, watch })
        yield* TestClock.adjust(1000)
        let timeout = 0
        for (; !over(); timeout += 500) yield* TestClock.adjust(500)
        return timeout
      }),
    )

  it.effect("without a frame between them doubles the timeout, up to eight times", () =>
    Effect.gen(function* () {
      const watch = Heartbeat.make()
      expect(yield* timeouts(watch, 7)).toEqual([1000, 1000, 2000, 4000, 8000, 8000, 8000])
    }),
  )

  it.effect("after a frame has the first timeout again", () =>
    Effect.gen(function* () {
      const watch = Heartbeat.make()
      yield* timeouts(watch, 4)
      const { fiber, link } = yield* watched({ watch })
      link.send("hi")
      yield* Fiber.interrupt(fiber)
      expect(yield* timeouts(watch, 3)).toEqual([1000, 1000, 2000])
    }),
  )

  it.effect("on the same socket, after a frame has the first timeout again", () =>
    Effect.gen(function* () {
      const watch = Heartbeat.make()
      yield* timeouts(watch, 4)
      const { link, over } = yield* watched({ interval: 1000, timeout: 1000, watch })
      link.send("hi")
      yield* TestClock.adjust(1999)
      expect(over()).toBe(false)
      yield* TestClock.adjust(1)
      expect(over()).toBe(true)
    }),
  )
})
