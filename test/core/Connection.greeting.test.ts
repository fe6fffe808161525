/** A greeting that takes time: what waits is held back until it is over. */
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { DialError } from "../../src/core/Socket.ts"
import { Bench } from "./bench.ts"

/** A connection that has opened, with "a" waiting and a greeting that goes on. */
const greeting = (settings: Parameters<typeof Bench.make>[0] = {}) =>
  Effect.gen(function* () {
    const bench = yield* Bench.make(settings)
    const greeting = yield* Deferred.make<void, DialError>()
    bench.recorder.greeting = Deferred.await(greeting)
    bench.connection.send("a")
    bench.connection.reconnect()
    bench.peer.latest.accept()
    expect(bench.state).toBe("Holding")
    bench.news()
    return {
      bench,
      succeed: () => Deferred.doneUnsafe(greeting, Effect.void),
      fail: () => Deferred.doneUnsafe(greeting, Effect.fail(new DialError({ message: "no token" }))),
    }
  })

describe("a greeting that takes time", () => {
  it.effect("holds back messages until it succeeds, and then sends them in the same turn", () =>
    Effect.gen(function* () {
      const { bench, succeed } = yield* greeting()
      bench.connection.send("b")
      yield* bench.pass(60_000)
      expect(bench.peer.latest.received).toEqual([])
      succeed()
      expect([bench.peer.latest.received, bench.state]).toEqual([["a", "b"], "Open"])
    }),
  )

  it.effect("holds back messages that wait even if drain is called", () =>
    Effect.gen(function* () {
      const { bench } = yield* greeting()
      bench.connection.drain()
      expect(bench.peer.latest.received).toEqual([])
    }),
  )

  it.effect("is not awaited if a listener of onOpen closes the connection", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.recorder.greeting = Effect.never
      bench.recorder.hooks.onOpen = () => bench.connection.close()
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect([bench.state, bench.recorder.states.includes("Holding")]).toEqual(["Closed", false])
    }),
  )

  it.effect("does not restart the backoff if it fails, however long it took", () =>
    Effect.gen(function* () {
      const { bench, fail } = yield* greeting()
      fail()
      bench.recorder.greeting = Effect.sleep(60_000).pipe(
        Effect.andThen(Effect.fail(new DialError({ message: "no token" }))),
      )
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      yield* bench.pass(60_000)
      expect(bench.lines("retry")).toEqual(["retry 1 in 1000 after 1006", "retry 2 in 2000 after 1006"])
    }),
  )

  it.effect("does not hold back what sendNow sends", () =>
    Effect.gen(function* () {
      const { bench, succeed } = yield* greeting()
      expect(bench.connection.sendNow("login")).toBe("written")
      expect(bench.peer.latest.received).toEqual(["login"])
      succeed()
      expect(bench.peer.latest.received).toEqual(["login", "a"])
    }),
  )

  it.effect("does not hold back frames", () =>
    Effect.gen(function* () {
      const { bench } = yield* greeting()
      bench.peer.latest.send("challenge")
      expect(bench.news()).toEqual(["message challenge"])
    }),
  )

  it.effect("that fails is a failed attempt: an error, a close, and a longer delay", () =>
    Effect.gen(function* () {
      const { bench, fail } = yield* greeting()
      fail()
      expect(bench.news()).toEqual(["error DialError", "close 1006 no token", "retry 1 in 1000 after 1006"])
      expect(bench.peer.live).toBe(0)
      bench.recorder.greeting = Effect.never
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      expect(bench.connection.state).toMatchObject({ _tag: "Holding", attempt: 1 })
      bench.peer.latest.drop()
      expect(bench.connection.state).toMatchObject({ _tag: "Waiting", attempt: 2 })
    }),
  )

  it.effect("that dies is a failed attempt", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.recorder.greeting = Effect.andThen(Effect.yieldNow, Effect.die("by accident"))
      bench.connection.reconnect()
      bench.peer.latest.accept()
      yield* bench.pass(0)
      expect([bench.state, bench.lines("error")]).toEqual(["Waiting", ["error DialError"]])
    }),
  )

  it.effect("that fails in the same turn is a failed attempt: nothing is sent", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.recorder.greeting = Effect.fail(new DialError({ message: "no token" }))
      bench.connection.send("a")
      bench.connection.reconnect()
      bench.news()
      bench.peer.latest.accept()
      expect(bench.news()).toEqual([
        "open",
        "error DialError",
        "close 1006 no token",
        "retry 1 in 1000 after 1006",
      ])
    }),
  )

  it.effect("ends with its socket, whose frames are applied before the close is reported", () =>
    Effect.gen(function* () {
      const { bench } = yield* greeting()
      const applied = yield* Deferred.make<void>()
      bench.recorder.receiving = Deferred.await(applied)
      bench.peer.latest.send("refused")
      bench.peer.latest.hangUp(4001)
      expect(bench.news()).toEqual(["message refused"])
      Deferred.doneUnsafe(applied, Effect.void)
      expect(bench.news()).toEqual(["close 4001"])
    }),
  )

  it.effect("ends with its socket, and its result is ignored afterwards", () =>
    Effect.gen(function* () {
      const { bench, succeed } = yield* greeting()
      bench.peer.latest.drop()
      bench.recorder.greeting = Effect.never
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      succeed()
      expect([bench.state, bench.peer.latest.received]).toEqual(["Holding", []])
    }),
  )

  const commands = {
    close: ["Closed", (bench: Bench) => bench.connection.close(4000)],
    pause: ["Paused", (bench: Bench) => bench.connection.pause()],
    reconnect: ["Connecting", (bench: Bench) => bench.connection.reconnect()],
    end: ["Ended", (bench: Bench) => bench.end()],
  } as const
  for (const [name, [state, command]] of Object.entries(commands)) {
    for (const outcome of ["succeed", "fail"] as const) {
      it.effect(`yields to ${name}, and may ${outcome} after it without a word`, () =>
        Effect.gen(function* () {
          const { bench, ...outcomes } = yield* greeting({ settings: { closeTimeout: 500 } })
          command(bench)
          bench.news()
          outcomes[outcome]()
          bench.peer.settle()
          expect([bench.state, bench.lines("error"), bench.lines("sent")]).toEqual([state, [], []])
        }),
      )
    }
  }

  for (const name of ["close", "pause"] as const) {
    it.effect(`has no timer beside that of the closing handshake after ${name}`, () =>
      Effect.gen(function* () {
        const bench = yield* Bench.make()
        bench.recorder.greeting = Effect.sleep(60_000)
        bench.connection.reconnect()
        bench.peer.latest.accept()
        bench.peer.latest.stall()
        expect(bench.clock.sleeping).toBe(1)
        bench.connection[name]()
        expect(bench.clock.sleeping).toBe(1)
      }),
    )
  }

  it.effect("is followed by the heartbeat", () =>
    Effect.gen(function* () {
      const heartbeat = { interval: 3000, timeout: 1000, message: "ping" }
      const { bench, succeed } = yield* greeting({ settings: { heartbeat } })
      yield* bench.pass(60_000)
      expect(bench.state).toBe("Holding")
      succeed()
      yield* bench.pass(3000)
      expect(bench.peer.latest.received).toEqual(["a", "ping"])
      yield* bench.pass(1000)
      expect(bench.state).toBe("Waiting")
    }),
  )
})
