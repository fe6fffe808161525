/** A hook may do anything: call the connection back, end it, or throw. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Connection, Settings, State } from "../../src/core/Connection.ts"
import { Bench, type Callbacks, nothing } from "./bench.ts"

type Call = keyof Callbacks

const calls = [
  "beforeDial",
  "onConnecting",
  "onOpen",
  "beforeSend",
  "afterSend",
  "onMessage",
  "onError",
  "onClose",
  "onRetry",
  "online",
  "onDrop",
  "received",
  "onFailed",
  "onStopped",
  "=Connecting",
  "=Open",
  "=Waiting",
  "=Failed",
] as const satisfies ReadonlyArray<Call>

const actions = {
  reconnect: (connection: Connection<string>) => connection.reconnect(),
  close: (connection: Connection<string>) => connection.close(4000),
  pause: (connection: Connection<string>) => connection.pause(),
  resume: (connection: Connection<string>) => connection.resume(),
  wake: (connection: Connection<string>) => connection.wake(),
  send: (connection: Connection<string>) => connection.send("x"),
  "send now": (connection: Connection<string>) => void connection.sendNow("x"),
  "close and reconnect": (connection: Connection<string>) => {
    connection.close()
    connection.reconnect()
  },
  "pause and resume": (connection: Connection<string>) => {
    connection.pause()
    connection.resume()
  },
  "reconnect and close": (connection: Connection<string>) => {
    connection.reconnect()
    connection.close()
  },
} satisfies Record<string, (connection: Connection<string>) => void>

/** Whether the connection has failed when this hook is called in `life`. */
const hasFailed = (call: Call): boolean => ["onFailed", "=Failed", "onStopped"].includes(call)

const settings = { queueCapacity: 3, queueTtl: 3000, reconnectMaxAttempts: 2 }

/** A sequence of events that calls every hook. */
const life: ReadonlyArray<(bench: Bench) => Effect.Effect<void> | void> = [
  ({ connection }) => connection.send("a"),
  ({ connection }) => connection.reconnect(),
  ({ peer }) => peer.links.at(-1)?.accept(),
  ({ peer }) => peer.links.at(-1)?.send("hi"),
  ({ connection }) => connection.send("b"),
  ({ peer }) => peer.links.at(-1)?.violate(),
  ({ connection }) => connection.send("c"),
  (bench) => bench.pass(1000),
  ({ peer }) => peer.links.at(-1)?.refuse(),
  (bench) => bench.pass(2000),
  ({ peer }) => peer.links.at(-1)?.refuse(),
  (bench) => bench.pass(0),
]

/** Plays `life`, and stops before a step if `until` returns `true`. */
const live = (bench: Bench, until: () => boolean = () => false, caught: Array<unknown> = []) =>
  Effect.gen(function* () {
    for (const step of life) {
      if (until()) return
      try {
        const waiting = step(bench)
        if (Effect.isEffect(waiting)) yield* waiting
      } catch (error) {
        // What a hook throws while a message is being sent may reach the caller.
        caught.push(error)
      }
    }
  })

/** Returns a hook that calls `action` the first time only. */
const once = (action: () => void) => {
  let done = false
  return {
    done: () => done,
    hook: () => {
      if (done) return
      done = true
      action()
    },
  }
}

/** Counts the outcomes of each message: how often it was sent or dropped, and whether it waits. */
const fates = ({ connection, recorder }: Bench, messages: ReadonlyArray<string>) => {
  const count = (line: string) => recorder.lines.filter((other) => other.startsWith(line)).length
  const waiting = connection.outbox.toArray()
  return messages.map(
    (message) =>
      count(`sent ${message}`) +
      count(`dropped ${message}:`) +
      waiting.filter((other) => other === message).length,
  )
}

/** Checks that the connection can be dialled, opened and sent over. */
const works = (bench: Bench) => {
  bench.recorder.hooks = {}
  bench.connection.reconnect()
  bench.peer.latest.accept()
  expect(bench.state).toBe("Open")
  bench.connection.send("z")
  expect(bench.peer.latest.received.at(-1)).toBe("z")
  bench.peer.latest.drop()
  expect(bench.state).toBe("Waiting")
}

it.effect("the scenario of these tests calls every hook at least once", () =>
  Effect.gen(function* () {
    const bench = yield* Bench.make({ settings })
    const called = new Set<string>()
    for (const call of calls) bench.recorder.hooks[call] = () => called.add(call)
    yield* live(bench)
    expect([...called].sort()).toEqual([...calls].sort())
    expect(bench.state).toBe("Failed")
  }),
)

const pairs = Object.keys(actions).flatMap((action) =>
  calls.map((call) => [action as keyof typeof actions, call] as const),
)

describe("called back", () => {
  it.effect.each(pairs)(
    "%s in %s: one socket, no message lost or doubled, and it goes on working",
    ([action, call]) =>
      Effect.gen(function* () {
        const bench = yield* Bench.make({ settings })
        const { done, hook } = once(() => actions[action](bench.connection))
        bench.recorder.hooks[call] = hook
        yield* live(bench)
        expect(done()).toBe(true)
        expect(bench.peer.mostLive).toBeLessThanOrEqual(1)
        expect(fates(bench, ["a", "b", "c"])).toEqual([1, 1, 1])
        works(bench)
        expect(bench.peer.mostLive).toBeLessThanOrEqual(1)
        expect([bench.fibers.defects, bench.peer.uncaught]).toEqual([[], []])
      }),
  )

  it.effect.each(calls)("close in %s: takes effect at once", (call) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings })
      const { done, hook } = once(() => bench.connection.close(4000))
      bench.recorder.hooks[call] = hook
      yield* live(bench, done)
      yield* bench.pass(60_000)
      const expected: State["_tag"] = hasFailed(call) ? "Failed" : "Closed"
      expect([bench.state, bench.peer.live, bench.clock.sleeping]).toEqual([expected, 0, 0])
    }),
  )

  it.effect.each(calls)("reconnect in %s: makes one dial, and that socket is the one", (call) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings })
      let dialled = 0
      const { done, hook } = once(() => {
        dialled = bench.peer.links.length
        bench.connection.reconnect()
      })
      bench.recorder.hooks[call] = hook
      yield* live(bench, done)
      yield* bench.pass(0)
      expect([bench.state, bench.peer.links.length - dialled]).toEqual(["Connecting", 1])
      bench.news()
      bench.peer.latest.accept()
      expect(bench.news()[0]).toBe("open")
    }),
  )

  it.effect.each(calls)("pause in %s: nothing is dialled until the resume", (call) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings })
      const { done, hook } = once(() => bench.connection.pause())
      bench.recorder.hooks[call] = hook
      yield* live(bench, done)
      const dialled = bench.peer.links.length
      yield* bench.pass(60_000)
      const expected: State["_tag"] = hasFailed(call) ? "Failed" : "Paused"
      expect([bench.state, bench.peer.live, bench.peer.links.length]).toEqual([expected, 0, dialled])
      bench.connection.resume()
      expect(bench.state).toBe(expected === "Paused" ? "Connecting" : "Failed")
    }),
  )

  it.effect.each(["beforeSend", "afterSend"] as const)(
    "closing in %s: what was not written goes on waiting, and is sent after a reconnect",
    (call) =>
      Effect.gen(function* () {
        const bench = yield* Bench.make({ settings })
        bench.connection.send("a")
        bench.connection.send("b")
        bench.recorder.hooks[call] = once(() => bench.connection.close()).hook
        bench.connection.reconnect()
        bench.peer.latest.accept()
        yield* bench.pass(0)
        const sent = call === "afterSend" ? ["a"] : []
        expect(bench.peer.latest.received).toEqual(sent)
        bench.connection.reconnect()
        bench.peer.latest.accept()
        expect(bench.peer.received).toEqual(["a", "b"])
      }),
  )

  it.effect.each([
    ["close", "=Closing"],
    ["pause", "=Paused"],
  ] as const)("a message sent from the hook of a %s waits: that socket is abandoned", ([command, call]) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.open()
      bench.recorder.hooks[call] = once(() => bench.connection.send("a")).hook
      actions[command](bench.connection)
      expect([bench.peer.received, bench.connection.outbox.toArray()]).toEqual([[], ["a"]])
    }),
  )

  it.effect("reconnecting again and again before each dial ends with one socket", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      let left = 50
      bench.recorder.hooks.beforeDial = () => {
        if (left-- > 0) bench.connection.reconnect()
      }
      bench.connection.reconnect()
      expect([bench.peer.links.length, bench.peer.live, bench.state]).toEqual([1, 1, "Connecting"])
    }),
  )

  it.effect("a constructor that calls back is left with one socket at most", () =>
    Effect.gen(function* () {
      for (const [action, live] of [
        [(bench: Bench) => bench.connection.reconnect(), 1],
        [(bench: Bench) => bench.connection.close(), 0],
        [(bench: Bench) => bench.connection.pause(), 0],
        [(bench: Bench) => bench.end(), 0],
      ] as const) {
        const bench = yield* Bench.make()
        bench.recorder.hooks.construct = once(() => action(bench)).hook
        bench.connection.reconnect()
        yield* bench.pass(0)
        expect(bench.peer.live).toBe(live)
        if (live === 0) continue
        bench.peer.links.find((link) => link.live)?.accept()
        expect(bench.state).toBe("Open")
      }
    }),
  )
})

describe("ended", () => {
  it.effect.each(calls)("in %s: onClose is called once, last, and nothing is left behind", (call) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings })
      const { done, hook } = once(() => bench.end())
      bench.recorder.hooks[call] = hook
      yield* live(bench, done)
      expect([done(), bench.state, bench.remains]).toEqual([true, "Ended", nothing])
      const failed = hasFailed(call)
      const news = bench.news()
      expect(news.filter((line) => line === "close 1005 removed")).toHaveLength(failed ? 0 : 1)
      if (!failed) expect(news.at(-1)).toBe("close 1005 removed")
      yield* bench.pass(3_600_000)
      bench.peer.links.at(-1)?.accept()
      bench.connection.reconnect()
      expect([bench.news(), bench.remains]).toEqual([[], nothing])
    }),
  )

  it.effect("in onDrop: the other messages that are lost are reported before the close", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings: { queueTtl: 1000 } })
      for (const message of ["a", "b", "c"]) bench.connection.send(message)
      bench.connection.reconnect()
      bench.news()
      bench.recorder.hooks.onDrop = once(() => bench.end()).hook
      yield* bench.pass(1000)
      expect(bench.lines("dropped").map((line) => line.split(":")[0])).toEqual([
        "dropped a",
        "dropped b",
        "dropped c",
      ])
      expect(bench.news().at(-1)).toBe("close 1005 removed")
    }),
  )

  it.effect.each(calls)("in %s: every message ends in exactly one way", (call) =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({ settings })
      const { hook } = once(() => {
        bench.connection.send("y")
        bench.end()
      })
      bench.recorder.hooks[call] = hook
      yield* live(bench)
      expect(fates(bench, ["a", "b", "c", "y"])).toEqual([1, 1, 1, 1])
    }),
  )

  it.effect.each(["onDrop", "onClose", "=Ended"] as const)(
    "calling back in %s of the end changes nothing",
    (call) =>
      Effect.gen(function* () {
        for (const action of Object.values(actions)) {
          const bench = yield* Bench.make({ settings })
          bench.open()
          bench.peer.latest.startHangingUp()
          bench.connection.send("a")
          bench.recorder.hooks[call] = once(() => action(bench.connection)).hook
          bench.end()
          yield* bench.pass(60_000)
          expect([bench.state, bench.remains]).toEqual(["Ended", nothing])
          expect(bench.lines("close 1005 removed")).toHaveLength(1)
        }
      }),
  )
})

/** Collects unhandled rejections in place of the test runner. */
const reported = Effect.acquireRelease(
  Effect.sync(() => {
    const before = process.listeners("unhandledRejection")
    const errors: Array<unknown> = []
    process.removeAllListeners("unhandledRejection")
    process.on("unhandledRejection", (error) => errors.push(error))
    return { before, errors }
  }),
  ({ before }) =>
    // Unhandled rejections are reported in a later turn.
    Effect.andThen(
      Effect.yieldNow,
      Effect.sync(() => {
        process.removeAllListeners("unhandledRejection")
        for (const listener of before) process.on("unhandledRejection", listener)
      }),
    ),
)

describe("throwing", () => {
  /** Makes a connection one of whose hooks throws once, and collects where the error is reported. */
  const throwing = (call: Call, settings: Partial<Settings>) =>
    Effect.gen(function* () {
      const { errors } = yield* reported
      const bench = yield* Bench.make({ settings })
      const error = new Error(`thrown in ${call}`)
      const { done, hook } = once(() => {
        throw error
      })
      bench.recorder.hooks[call] = hook
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          // A browser reports what is thrown in an event, and so does the peer.
          bench.peer.uncaught.splice(0).every((other) => expect(other).toBe(error))
        }),
      )
      return { bench, done, error, errors }
    })

  it.effect.each(calls)("in %s: the connection goes on undisturbed", (call) =>
    Effect.gen(function* () {
      const { bench, done } = yield* throwing(call, settings)
      yield* live(bench)
      // Three attempts that came to nothing, whatever was thrown on the way.
      yield* bench.pass(4000)
      bench.peer.links.at(-1)?.refuse()
      expect([done(), bench.state]).toEqual([true, "Failed"])
      works(bench)
    }),
  )

  it.effect.each(calls)("in %s: the error is reported", (call) =>
    Effect.gen(function* () {
      const { bench, error, errors } = yield* throwing(call, settings)
      const caught: Array<unknown> = []
      yield* live(bench, () => false, caught)
      yield* bench.pass(0)
      const reports = [...errors, ...caught, ...bench.peer.uncaught]
      const asError = bench.recorder.lines.some((line) => line === "error DialError")
      expect(reports.includes(error) || (call === "beforeDial" && asError)).toBe(true)
    }),
  )

  it.effect.each(["beforeSend", "afterSend", "onDrop"] as const)(
    "in %s: no message is lost or doubled",
    (call) =>
      Effect.gen(function* () {
        const { bench } = yield* throwing(call, settings)
        yield* live(bench)
        bench.end()
        expect(fates(bench, ["a", "b", "c"])).toEqual([1, 1, 1])
      }),
  )

  it.effect("in beforeSend each time: the message is dropped at the second try, and holds up no other", () =>
    Effect.gen(function* () {
      const { bench, error, errors } = yield* throwing("beforeSend", {})
      bench.recorder.hooks.beforeSend = () => {
        if (bench.recorder.lines.at(-1)?.includes("bad")) throw error
      }
      bench.open()
      bench.connection.send("bad")
      expect(bench.connection.outbox.toArray()).toEqual(["bad"])
      bench.connection.send("a")
      yield* bench.pass(0)
      expect([bench.news(), bench.peer.received]).toEqual([
        ["sending bad", "sending bad that waited", "dropped bad: refused", "sending a that waited", "sent a"],
        ["a"],
      ])
      expect(errors).toEqual([error, error])
    }),
  )

  it.effect("in a readyState of the page's own: messages wait, and are sent when it can be read again", () =>
    Effect.gen(function* () {
      const { errors } = yield* reported
      const bench = yield* Bench.make()
      bench.open()
      const { socket } = bench.peer.latest
      const error = new Error("not now")
      let isBroken = true
      Object.defineProperty(socket, "readyState", {
        get: () => {
          if (isBroken) throw error
          return WebSocket.OPEN
        },
      })
      bench.connection.send("a")
      bench.connection.send("b")
      isBroken = false
      bench.connection.drain()
      yield* bench.pass(0)
      expect([bench.peer.received, errors]).toEqual([
        ["a", "b"],
        [error, error],
      ])
    }),
  )

  it.effect("in onDrop: the messages behind it still expire", () =>
    Effect.gen(function* () {
      const { bench } = yield* throwing("onDrop", { queueTtl: 1000 })
      bench.connection.send("a")
      yield* bench.pass(500)
      bench.connection.send("b")
      yield* bench.pass(500)
      expect(bench.news()).toEqual(["dropped a: expired"])
      yield* bench.pass(500)
      expect(bench.news()).toEqual(["dropped b: expired"])
    }),
  )

  it.effect.each(["onDrop", "onClose", "=Ended"] as const)(
    "in %s of the end: nothing is left behind",
    (call) =>
      Effect.gen(function* () {
        const { bench } = yield* throwing(call, { queueTtl: 1000 })
        bench.open()
        bench.peer.latest.startHangingUp()
        bench.connection.send("a")
        bench.connection.send("b")
        bench.end()
        bench.fibers.defects.length = 0
        expect(bench.remains).toEqual(nothing)
        expect(bench.lines("dropped")).toEqual(["dropped a: closed", "dropped b: closed"])
        expect(bench.lines("close 1005 removed")).toHaveLength(1)
      }),
  )
})

it.effect("a connection that dials again from the hook of its final state does not report onStopped", () =>
  Effect.gen(function* () {
    const bench = yield* Bench.make()
    const stopped: Array<string> = []
    bench.connection.reconnect()
    bench.peer.latest.refuse()
    bench.recorder.hooks.onStopped = () => void stopped.push(bench.state)
    bench.recorder.hooks["=Closed"] = () => bench.connection.reconnect()
    bench.connection.close()
    expect([bench.state, stopped]).toEqual(["Connecting", []])
  }),
)

it.effect("a connection that dials again from its socket's close does not report the state before that", () =>
  Effect.gen(function* () {
    const heartbeat = { interval: 1000, timeout: 1000, message: "ping" }
    const bench = yield* Bench.make({ settings: { heartbeat, reconnect: false } })
    bench.open()
    const { socket } = bench.peer.latest
    const close = socket.close.bind(socket)
    socket.close = () => {
      close()
      bench.connection.reconnect()
    }
    yield* bench.pass(2000)
    expect([bench.state, bench.recorder.states.at(-1)]).toEqual(["Connecting", "Connecting"])
  }),
)
