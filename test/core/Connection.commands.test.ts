/** What each command does in each situation. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { State } from "../../src/core/Connection.ts"
import { defaults } from "./bench.ts"
import { arrange, type Name, names, situations } from "./situations.ts"

const { closeTimeout } = defaults
const others = (...those: ReadonlyArray<Name>) => names.filter((name) => !those.includes(name))

describe("reconnect", () => {
  it.effect.each(others("ended"))("%s: dials at once, and leaves one socket", (name) =>
    Effect.gen(function* () {
      const { connection, peer, state, ...bench } = yield* arrange(name)
      const before = peer.links.length
      connection.reconnect()
      expect(connection.state._tag).toBe("Connecting")
      expect(bench.recorder.news()).toEqual(["dial 0", "connecting 0"])
      expect([peer.live, peer.mostLive, peer.links.length - before]).toEqual([1, 1, 1])
      expect(bench.clock.sleeping).toBe(1)
    }),
  )

  it.effect.each(others("ended"))("%s: the socket before it is silent, and the new one opens", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      const old = bench.peer.links.at(-1)
      bench.connection.reconnect()
      bench.news()
      old?.recover()
      bench.peer.emit(old, new Event("open"))
      bench.peer.emit(old, new MessageEvent("message", { data: "late" }))
      bench.peer.emit(old, new Event("error"))
      bench.peer.emit(old, new CloseEvent("close", { code: 1006 }))
      bench.peer.settle()
      yield* bench.pass(closeTimeout)
      expect([bench.state, bench.news()]).toEqual(["Connecting", []])
      bench.peer.latest.accept()
      expect([bench.state, bench.news()]).toEqual(["Open", ["open"]])
    }),
  )
})

describe("close", () => {
  const after: Record<Name, readonly [state: State["_tag"], ended: State["_tag"], news: Array<string>]> = {
    "never dialled": ["Closed", "Closed", []],
    "before a dial that waits": ["Closed", "Closed", []],
    connecting: ["Closing", "Closed", ["close 1006"]],
    "open, and greeting": ["Closing", "Closed", ["close 4000 bye"]],
    open: ["Closing", "Closed", ["close 4000 bye"]],
    "open, and the peer hanging up": ["Closing", "Closed", ["close 1006 the closing handshake timed out"]],
    closing: ["Closing", "Closed", ["close 1006 the closing handshake timed out"]],
    waiting: ["Closed", "Closed", []],
    "waiting without a network": ["Closed", "Closed", []],
    paused: ["Closed", "Closed", []],
    "paused, and the peer not yet gone": [
      "Closing",
      "Closed",
      ["close 1006 the closing handshake timed out"],
    ],
    "closed by the peer": ["Closed", "Closed", []],
    failed: ["Failed", "Failed", []],
    ended: ["Ended", "Ended", []],
  }

  it.effect.each(names)("%s: closes the socket if there is one, and does not dial again", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      const [state, ended, news] = after[name]
      bench.connection.close(4000, "bye")
      expect([bench.state, bench.peer.live, bench.news()]).toEqual([state, 0, []])
      yield* bench.pass(closeTimeout)
      expect([bench.state, bench.news()]).toEqual([ended, news])
      yield* bench.pass(3_600_000)
      expect([bench.state, bench.news(), bench.clock.sleeping]).toEqual([ended, [], 0])
    }),
  )

  it.effect.each(names)("%s: a second time changes nothing", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.close(4000, "bye")
      const { length } = bench.recorder.states
      bench.connection.close(4002, "again")
      expect(bench.recorder.states.slice(length)).toEqual([])
      yield* bench.pass(closeTimeout)
      const [, ended, news] = after[name]
      expect([bench.state, bench.news()]).toEqual([ended, news])
    }),
  )

  it.effect.each(others("ended"))("%s: reconnect dials again", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.close()
      yield* bench.pass(closeTimeout)
      bench.open()
    }),
  )

  it.effect.each(others("ended"))(
    "%s: messages that wait go on waiting, and are sent after a reconnect",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name)
        bench.connection.close()
        bench.connection.send("a")
        yield* bench.pass(closeTimeout)
        expect(bench.connection.outbox.toArray()).toEqual(["a"])
        bench.connection.reconnect()
        bench.peer.latest.accept()
        expect(bench.peer.latest.received).toEqual(["a"])
      }),
  )

  it.effect("a code that is otherwise retried is not retried after our own close", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("open", { reconnectCodes: new Set([4000]) })
      bench.connection.close(4000)
      yield* bench.pass(60_000)
      expect([bench.state, bench.news()]).toEqual(["Closed", ["close 4000"]])
    }),
  )

  it.effect("a stand-in that opens although we have closed it does not open the connection", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("connecting")
      bench.connection.close()
      // Not by `emit`, which would let the peer answer first.
      bench.peer.latest.socket.dispatchEvent(new Event("open"))
      expect([bench.state, bench.news()]).toEqual(["Closing", []])
      yield* bench.pass(60_000)
      expect([bench.state, bench.news()]).toEqual(["Closed", ["close 1006"]])
    }),
  )

  it.effect("a handshake that times out while it is being closed is no error", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("connecting", { connectTimeout: 1000, closeTimeout: 5000 })
      // A stand-in whose `close` does nothing.
      const { latest } = bench.peer
      latest.socket.close = () => {}
      bench.connection.close()
      yield* bench.pass(5000)
      expect([bench.state, bench.news()]).toEqual(["Closed", [expect.stringMatching(/^close 1006/)]])
      latest.refuse()
    }),
  )
})

describe("pause", () => {
  const pausing: Record<string, Array<string>> = {
    "open, and greeting": ["close 1005"],
    open: ["close 1005"],
    "open, and the peer hanging up": ["close 1006 the closing handshake timed out"],
    "before a dial that waits": [],
    waiting: [],
    "waiting without a network": [],
  }

  it.effect.each(Object.keys(pausing) as Array<Name>)(
    "%s: closes the socket, and does not dial again",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name)
        bench.connection.pause()
        expect([bench.state, bench.peer.live, bench.news()]).toEqual(["Paused", 0, []])
        yield* bench.pass(closeTimeout)
        expect([bench.state, bench.news()]).toEqual(["Paused", pausing[name]])
        yield* bench.pass(3_600_000)
        expect([bench.state, bench.news(), bench.clock.sleeping]).toEqual(["Paused", [], 0])
      }),
  )

  it.effect("connecting: abandons the attempt", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("connecting")
      bench.connection.pause()
      expect([bench.state, bench.peer.live]).toEqual(["Paused", 0])
      yield* bench.pass(3_600_000)
      expect([bench.state, bench.clock.sleeping, bench.peer.listeners]).toEqual(["Paused", 0, 0])
    }),
  )

  it.effect.each(others("connecting", ...(Object.keys(pausing) as Array<Name>)))(
    "%s: nothing happens",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name)
        bench.connection.pause()
        expect([bench.state, bench.news()]).toEqual([situations[name].state, []])
      }),
  )

  it.effect("a final code does not close a connection that is only paused", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("open", { reconnectCodes: new Set([1006]) })
      bench.connection.pause()
      yield* bench.pass(1)
      expect(bench.state).toBe("Paused")
      bench.connection.resume()
      expect(bench.news()).toEqual(["close 1005", "dial 0", "connecting 0"])
    }),
  )

  it.effect("a message sent while paused waits, and is written after the resume", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("paused, and the peer not yet gone")
      bench.connection.send("a")
      expect(bench.peer.received).toEqual([])
      bench.connection.resume()
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["a"])
    }),
  )
})

describe("resume", () => {
  it.effect.each(["paused", "paused, and the peer not yet gone"] as const)("%s: dials at once", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.resume()
      expect([bench.state, bench.peer.live, bench.news()]).toEqual([
        "Connecting",
        1,
        ["dial 0", "connecting 0"],
      ])
    }),
  )

  it.effect.each(["before a dial that waits", "connecting", "waiting", "waiting without a network"] as const)(
    "%s: opens again after a pause",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name)
        bench.connection.pause()
        bench.news()
        bench.connection.resume()
        expect([bench.state, bench.peer.live, bench.peer.mostLive]).toEqual(["Connecting", 1, 1])
        expect(bench.news()).toEqual(["dial 0", "connecting 0"])
      }),
  )

  it.effect.each(others("paused", "paused, and the peer not yet gone"))("%s: nothing happens", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.resume()
      expect([bench.state, bench.news()]).toEqual([situations[name].state, []])
    }),
  )

  it.effect("works if retries are turned off, since it is not a retry", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("paused", { reconnect: false })
      bench.connection.resume()
      bench.peer.latest.accept()
      expect(bench.state).toBe("Open")
    }),
  )
})

describe("wake", () => {
  it.effect.each(["waiting", "waiting without a network"] as const)(
    "%s: dials at once, and counts as the same attempt",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name)
        bench.connection.wake()
        expect([bench.state, bench.news()]).toEqual(["Connecting", ["dial 1", "connecting 1"]])
        expect([bench.peer.live, bench.clock.sleeping]).toEqual([1, 1])
      }),
  )

  it.effect.each(others("waiting", "waiting without a network"))("%s: nothing happens", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.wake()
      expect([bench.state, bench.news()]).toEqual([situations[name].state, []])
    }),
  )

  it.effect("several at once cause one attempt", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("waiting")
      for (let n = 0; n < 5; n++) bench.connection.wake()
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("after an early attempt has failed, the next one waits for its delay", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("waiting")
      bench.connection.wake()
      bench.peer.latest.refuse()
      expect(bench.news().at(-1)).toBe("retry 2 in 2000 after 1006")
      yield* bench.pass(1999)
      expect(bench.news()).toEqual([])
      yield* bench.pass(1)
      expect(bench.news()).toEqual(["dial 2", "connecting 2"])
    }),
  )
})

describe("send", () => {
  it.effect.each(others("open", "ended"))("%s: the message waits", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      bench.connection.send("a")
      expect([bench.news(), bench.connection.outbox.toArray(), bench.peer.received]).toEqual([[], ["a"], []])
    }),
  )

  it.effect("open: the message is written in the same turn", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("open")
      bench.connection.send("a")
      expect([bench.news(), bench.peer.latest.received]).toEqual([["sending a", "sent a"], ["a"]])
    }),
  )

  it.effect("ended: the message is dropped", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("ended")
      bench.connection.send("a")
      expect(bench.news()).toEqual(["dropped a: closed"])
    }),
  )

  it.effect.each(others("open", "open, and greeting"))("%s: sendNow does not write the message", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      expect(bench.connection.sendNow("a")).toBe("unsent")
      expect([bench.news(), bench.connection.outbox.size]).toEqual([[], 0])
    }),
  )

  it.effect.each(["open", "open, and greeting"] as const)("%s: sendNow writes the message", (name) =>
    Effect.gen(function* () {
      const bench = yield* arrange(name)
      expect(bench.connection.sendNow("a")).toBe("written")
      expect([bench.news(), bench.peer.latest.received]).toEqual([["sending a", "sent a"], ["a"]])
    }),
  )
})

describe("end", () => {
  const quiet: ReadonlyArray<Name> = ["never dialled", "closed by the peer", "failed", "ended"]

  it.effect.each(names)(
    "%s: drops the messages that wait, reports one close, and leaves nothing behind",
    (name) =>
      Effect.gen(function* () {
        const bench = yield* arrange(name, { queueTtl: 60_000 })
        if (name !== "open" && name !== "ended") bench.connection.send("a")
        const old = bench.peer.links.at(-1)
        bench.end()
        expect(bench.state).toBe("Ended")
        expect(bench.news()).toEqual([
          ...(name === "open" || name === "ended" ? [] : ["dropped a: closed"]),
          ...(quiet.includes(name) ? [] : ["close 1005 removed"]),
        ])
        expect(bench.remains).toEqual({
          sockets: 0,
          listeners: 0,
          timers: 0,
          fibers: 0,
          defects: [],
          uncaught: [],
        })
        old?.recover()
        bench.peer.emit(old, new Event("open"))
        bench.peer.emit(old, new CloseEvent("close", { code: 1006 }))
        yield* bench.pass(3_600_000)
        bench.connection.reconnect()
        bench.connection.pause()
        bench.connection.resume()
        bench.connection.wake()
        bench.connection.close()
        bench.end()
        expect([bench.state, bench.news(), bench.peer.live]).toEqual(["Ended", [], 0])
      }),
  )

  it.effect("leaves nothing behind if there is a heartbeat", () =>
    Effect.gen(function* () {
      const bench = yield* arrange("open", { heartbeat: { interval: 1000, timeout: 500, message: "ping" } })
      yield* bench.pass(1200)
      bench.end()
      expect([bench.clock.sleeping, bench.fibers.running, bench.peer.listeners]).toEqual([0, 0, 0])
    }),
  )
})
