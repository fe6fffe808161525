/** A connection over a whole lifetime: which hooks it calls, in which order, and when. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Connection from "../../src/core/Connection.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"
import { DialError, type Request, WebSocketConstructor } from "../../src/core/Socket.ts"
import type { Options as PeerOptions } from "../setup/Peer.ts"
import { parts } from "../setup/parts.ts"
import { Bench, backoff, defaults, url } from "./bench.ts"

const make = (settings: Partial<Connection.Settings> = {}, peer: PeerOptions = {}) =>
  Bench.make({ settings, peer })

/** An open connection. */
const open = (settings: Partial<Connection.Settings> = {}, peer: PeerOptions = {}) =>
  Effect.tap(make(settings, peer), (bench) => Effect.sync(() => bench.open()))

/** None of its sockets takes the message "poison". */
const poisonable = ({ recorder, peer }: Effect.Success<ReturnType<typeof make>>): void => {
  recorder.hooks.onConnecting = () => {
    const { socket } = peer.latest
    const send = socket.send.bind(socket)
    socket.send = (data) => {
      if (data === "poison") throw new TypeError("no")
      send(data)
    }
  }
}

describe("dialling", () => {
  it.effect("nothing is dialled before reconnect is called", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      yield* bench.pass(60_000)
      expect([bench.state, bench.news(), bench.peer.links.length]).toEqual(["Closed", [], 0])
    }),
  )

  it.effect("the socket is there in the same turn, with the URL and the protocols of beforeDial", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.dialling = () => Effect.succeed({ url: "ws://other.test/", protocols: ["a", "b"] })
      bench.connection.reconnect()
      expect(bench.peer.latest).toMatchObject({ url: "ws://other.test/", protocols: ["a", "b"] })
      expect(bench.news()).toEqual(["dial 0", "connecting 0"])
    }),
  )

  it.effect("beforeDial is called for every dial", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.dialling = (attempt) => Effect.succeed({ url: `${url}${attempt}`, protocols: [] })
      bench.connection.reconnect()
      for (let n = 0; n < 3; n++) {
        bench.peer.latest.refuse()
        yield* bench.pass(8000)
      }
      expect(bench.peer.links.map(({ url }) => url.at(-1))).toEqual(["0", "1", "2", "3"])
    }),
  )

  it.effect("hooks may be methods, which keep their `this`", () =>
    Effect.gen(function* () {
      const bench = yield* make({ queueCapacity: 0 }, { answer: "refuse" })
      const { recorder } = bench
      const seen: Array<string> = []
      const spy = <A>(name: string, answer: A) =>
        function (this: unknown): A {
          if (this !== recorder) seen.push(`${name} has lost its this`)
          return answer
        }
      const connection = yield* Connection.make(
        { ...defaults, queueCapacity: 0 },
        Object.assign(recorder, { onDrop: spy("onDrop", undefined), online: spy("online", true) }),
      ).pipe(Effect.provideService(WebSocketConstructor, bench.peer.construct))
      connection.send("a")
      connection.reconnect()
      yield* bench.pass(1000)
      expect(seen).toEqual([])
    }),
  )

  it.effect(
    "without a request from beforeDial the connection closes without onClose until the next reconnect",
    () =>
      Effect.gen(function* () {
        const bench = yield* make()
        const { dialling } = bench.recorder
        bench.recorder.dialling = () => Effect.succeed(undefined)
        bench.connection.reconnect()
        yield* bench.pass(60_000)
        expect([bench.state, bench.news(), bench.peer.links.length]).toEqual(["Closed", ["dial 0"], 0])
        bench.recorder.dialling = dialling
        bench.open()
      }),
  )

  it.effect("beforeDial may take time, and the socket is constructed in the turn in which it succeeds", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      const ready = Deferred.makeUnsafe<Request>()
      bench.recorder.dialling = () => Deferred.await(ready)
      bench.connection.reconnect()
      yield* bench.pass(60_000)
      expect([bench.state, bench.news(), bench.peer.links.length]).toEqual(["Connecting", ["dial 0"], 0])
      Deferred.doneUnsafe(ready, Effect.succeed({ url, protocols: [] }))
      expect(bench.news()).toEqual(["connecting 0"])
    }),
  )

  it.effect("beforeDial may decide later not to dial, which closes the connection", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.dialling = () => Effect.as(Effect.sleep(500), undefined)
      bench.connection.reconnect()
      yield* bench.pass(500)
      expect([bench.state, bench.news()]).toEqual(["Closed", ["dial 0"]])
    }),
  )

  it.effect("a beforeDial that fails is a failed attempt: an error and a retry, but no close", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      const { dialling } = bench.recorder
      bench.recorder.dialling = (attempt) =>
        attempt === 0 ? Effect.fail(new DialError({ message: "no token" })) : dialling(attempt)
      bench.connection.reconnect()
      expect(bench.news()).toEqual(["dial 0", "error DialError", "retry 1 in 1000 after 1006"])
      yield* bench.pass(1000)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("reconnect interrupts beforeDial", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      const log: Array<string> = []
      const { dialling } = bench.recorder
      bench.recorder.dialling = () =>
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("stop")))
      bench.connection.reconnect()
      bench.recorder.dialling = dialling
      bench.connection.reconnect()
      expect([log, bench.news()]).toEqual([["stop"], ["dial 0", "dial 0", "connecting 0"]])
    }),
  )

  it.effect("a constructor that throws is a failed attempt: an error and a retry, but no connecting", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { answer: new Error("quota") })
      bench.connection.reconnect()
      expect([bench.state, bench.news()]).toEqual([
        "Waiting",
        ["dial 0", "error DialError", "retry 1 in 1000 after 1006"],
      ])
      bench.peer.answer = "accept"
      yield* bench.pass(1000)
      expect(bench.news()).toEqual(["dial 1", "connecting 1", "open"])
    }),
  )

  it.effect("a refused dial reports an error, a close and a retry", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.connection.reconnect()
      bench.news()
      bench.peer.latest.refuse()
      expect(bench.news()).toEqual(["error SocketError", "close 1006", "retry 1 in 1000 after 1006"])
    }),
  )

  it.effect("a handshake that hangs is abandoned after exactly connectTimeout, and its socket closed", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.connection.reconnect()
      const link = bench.peer.latest
      yield* bench.pass(14_999)
      expect([bench.state, bench.news()]).toEqual(["Connecting", ["dial 0", "connecting 0"]])
      yield* bench.pass(1)
      expect([bench.state, link.live]).toEqual(["Waiting", false])
      expect(bench.news()).toEqual([
        "error DialError",
        "close 1006 did not open within 15000 ms (connectTimeout)",
        "retry 1 in 1000 after 1006",
      ])
    }),
  )

  it.effect("beforeDial does not count towards connectTimeout", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      const { dialling } = bench.recorder
      bench.recorder.dialling = (attempt) => Effect.delay(dialling(attempt), 20_000)
      bench.connection.reconnect()
      yield* bench.pass(20_000 + 14_999)
      expect(bench.news()).toEqual(["dial 0", "connecting 0"])
    }),
  )

  it.effect("connectTimeout does not apply to a stand-in without readyState", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { standIn: { withoutState: true } })
      bench.connection.reconnect()
      yield* bench.pass(3_600_000)
      expect([bench.state, bench.news(), bench.clock.sleeping]).toEqual([
        "Connecting",
        ["dial 0", "connecting 0"],
        0,
      ])
      bench.peer.latest.accept()
      expect(bench.news()).toEqual(["open"])
    }),
  )

  it.effect("a stand-in without readyState is written to before it has opened", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { standIn: { withoutState: true } })
      bench.connection.reconnect()
      const written: Array<unknown> = []
      bench.peer.latest.socket.send = (data) => void written.push(data)
      bench.connection.send("a")
      expect(written).toEqual(["a"])
    }),
  )

  it.effect("a stand-in that is OPEN already opens right after connecting", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { standIn: { born: WebSocket.OPEN } })
      bench.connection.send("a")
      bench.connection.reconnect()
      expect(bench.news()).toEqual(["dial 0", "connecting 0", "open", "sending a that waited", "sent a"])
    }),
  )

  it.effect.each([WebSocket.CLOSING, WebSocket.CLOSED])(
    "a stand-in whose readyState is %i already is a failed attempt",
    (born) =>
      Effect.gen(function* () {
        const bench = yield* make({}, { standIn: { born } })
        bench.connection.reconnect()
        expect(bench.state).toBe("Waiting")
        expect(bench.news().map((line) => line.split(" ")[0])).toEqual([
          "dial",
          "connecting",
          "error",
          "close",
          "retry",
        ])
      }),
  )

  it.effect("a stand-in that is the same object for every dial works like several", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { standIn: { reused: true, withoutState: true, withoutRemoval: true } })
      bench.open()
      bench.peer.latest.drop()
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      bench.peer.latest.send("hi")
      expect(bench.news()).toEqual([
        "close 1006",
        "retry 1 in 1000 after 1006",
        "dial 1",
        "connecting 1",
        "open",
        "message hi",
      ])
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect(bench.news()).toEqual(["dial 0", "connecting 0", "open"])
      bench.end()
      // Such a stand-in keeps its listeners; that they are silent is all that can be asked.
      Object.defineProperty(bench.peer, "listeners", { value: 0 })
    }),
  )
})

describe("open", () => {
  it.effect("onOpen is called in the turn of the event, and then messages that waited are sent", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.connection.send("a")
      bench.connection.send("b")
      bench.connection.reconnect()
      bench.news()
      bench.peer.latest.accept()
      expect(bench.news()).toEqual([
        "open",
        "sending a that waited",
        "sent a",
        "sending b that waited",
        "sent b",
      ])
      expect([bench.peer.latest.received, bench.connection.outbox.size]).toEqual([["a", "b"], 0])
    }),
  )

  it.effect("a message sent from onOpen goes before those that waited", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.connection.send("a")
      bench.recorder.hooks.onOpen = () => {
        bench.connection.send("login")
        bench.connection.send("subscribe")
      }
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["login", "subscribe", "a"])
    }),
  )

  it.effect("a message sent from onOpen is not dropped because the outbox is full", () =>
    Effect.gen(function* () {
      const bench = yield* make({ queueCapacity: 1 })
      bench.connection.send("a")
      bench.recorder.hooks.onOpen = () => bench.connection.send("hello again")
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["hello again", "a"])
    }),
  )

  it.effect("a message sent from onOpen waits if the socket is no longer open", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.hooks.onOpen = () => {
        bench.peer.latest.socket.close()
        bench.connection.send("login")
      }
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect([bench.peer.latest.received, bench.connection.outbox.toArray()]).toEqual([[], ["login"]])
    }),
  )

  it.effect("onMessage is called in the turn of each frame, in their order", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      for (const data of ["a", "b", "c"]) bench.peer.latest.send(data)
      expect(bench.news()).toEqual(["message a", "message b", "message c"])
    }),
  )

  it.effect("a message sent while the peer is closing waits for the next socket", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.startHangingUp()
      bench.connection.send("a")
      bench.peer.latest.hangUp(1001)
      expect(bench.peer.received).toEqual([])
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["a"])
    }),
  )

  it.effect("beforeSend may discard a message, or change it", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.sending = (message) => (message === "b" ? undefined : message.toUpperCase())
      for (const message of ["a", "b", "c"]) bench.connection.send(message)
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["A", "C"])
      expect(bench.lines("sen")).toEqual([
        "sending a that waited",
        "sent a",
        "sending b that waited",
        "sending c that waited",
        "sent c",
      ])
    }),
  )

  it.effect("a message that the socket refuses is an error, and goes on waiting", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const { socket } = bench.peer.latest
      const send = socket.send.bind(socket)
      socket.send = () => {
        throw new Error("no")
      }
      bench.connection.send("a")
      expect(bench.news()).toEqual(["sending a", "error WriteError"])
      expect(bench.connection.outbox.toArray()).toEqual(["a"])
      socket.send = send
      bench.connection.send("b")
      expect(bench.peer.latest.received).toEqual(["a", "b"])
    }),
  )

  it.effect("a message that is always refused does not hold up those behind it", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      poisonable(bench)
      bench.open()
      bench.connection.send("poison")
      bench.connection.send("b")
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect([bench.peer.received, bench.connection.outbox.toArray()]).toEqual([["b"], []])
      expect(bench.lines("dropped")).toEqual([expect.stringMatching(/^dropped poison: /)])
    }),
  )

  it.effect("a message that was refused is remembered while there is no socket", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      poisonable(bench)
      bench.open()
      bench.connection.send("poison")
      bench.peer.latest.drop()
      bench.connection.send("b")
      expect(bench.connection.outbox.toArray()).toEqual(["poison", "b"])
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect([bench.peer.received, bench.connection.outbox.toArray()]).toEqual([["b"], []])
    }),
  )

  it.effect(
    "a peer that does not answer the heartbeat is dropped without its closing frame, and dialled again",
    () =>
      Effect.gen(function* () {
        const bench = yield* open({ heartbeat: { interval: 3000, timeout: 1000, message: "ping" } })
        const link = bench.peer.latest
        link.stall()
        yield* bench.pass(3000)
        expect([link.unread, bench.news()]).toEqual([["ping"], []])
        yield* bench.pass(1000)
        expect([bench.state, link.live]).toEqual(["Waiting", false])
        expect(bench.news()).toEqual(["close 1006 no answer to the heartbeat", "retry 1 in 1000 after 1006"])
        link.recover()
        expect(bench.news()).toEqual([])
      }),
  )

  it.effect("the heartbeat is not passed to beforeSend, and restarts with every socket", () =>
    Effect.gen(function* () {
      const bench = yield* open({ heartbeat: { interval: 3000, timeout: 1000, message: "ping" } })
      yield* bench.pass(2000)
      bench.open()
      yield* bench.pass(2999)
      expect(bench.peer.received).toEqual([])
      yield* bench.pass(1)
      expect([bench.peer.received, bench.news()]).toEqual([["ping"], []])
    }),
  )
})

describe("the end of a socket", () => {
  it.effect("is handled when received frames have been applied, however long that takes", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const applied = Deferred.makeUnsafe<void>()
      bench.recorder.receiving = Deferred.await(applied)
      bench.peer.latest.send("a")
      bench.peer.latest.hangUp(1000)
      yield* bench.pass(60_000)
      expect([bench.state, bench.news()]).toEqual(["Open", ["message a"]])
      bench.connection.send("b")
      Deferred.doneUnsafe(applied, Effect.void)
      expect([bench.state, bench.news()]).toEqual(["Closed", ["close 1000"]])
      expect(bench.connection.outbox.toArray()).toEqual(["b"])
    }),
  )

  it.effect("a socket that is given up takes no message while its frames are still being applied", () =>
    Effect.gen(function* () {
      const applied = yield* Deferred.make<void>()
      const heartbeat = { interval: 3000, timeout: 1000, message: "ping" }
      const bench = yield* Bench.make({ settings: { heartbeat } })
      bench.open()
      bench.recorder.receiving = Deferred.await(applied)
      yield* bench.pass(4000)
      bench.connection.send("a")
      bench.peer.latest.send("late")
      expect([bench.news(), bench.peer.live]).toEqual([[], 0])
      bench.recorder.receiving = Effect.void
      yield* Deferred.succeed(applied, undefined)
      yield* bench.pass(1000)
      bench.peer.latest.accept()
      expect(bench.peer.links.map(({ received }) => received)).toEqual([["ping"], ["a"]])
    }),
  )

  it.effect.each(["reconnect", "close", "pause", "end"] as const)(
    "a %s does not wait for what was received",
    (command) =>
      Effect.gen(function* () {
        const bench = yield* open()
        bench.recorder.receiving = Effect.never
        bench.peer.latest.drop()
        const [connection, expected] = [
          bench.connection,
          { reconnect: "Connecting", close: "Closing", pause: "Paused", end: "Ended" },
        ]
        if (command === "end") bench.end()
        else connection[command]()
        expect(bench.state).toBe(expected[command])
      }),
  )

  it.effect("the settings are read after onClose, which may turn off the retry", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.recorder.hooks.onClose = () => Object.assign(bench.settings, { reconnect: false })
      bench.peer.latest.drop()
      yield* bench.pass(60_000)
      expect([bench.state, bench.news(), bench.clock.sleeping]).toEqual(["Closed", ["close 1006"], 0])
    }),
  )

  it.effect("the settings are read after onClose, which may turn on the retry", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.recorder.hooks.onClose = () => Object.assign(bench.settings, { reconnectCodes: new Set([1000]) })
      bench.peer.latest.hangUp(1000)
      expect([bench.state, bench.news()]).toEqual(["Waiting", ["close 1000", "retry 1 in 1000 after 1000"]])
    }),
  )

  it.effect("onStopped is called last: closed for good, cancelled, or failed", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectMaxAttempts: 1 })
      const { dialling } = bench.recorder
      let stops = 0
      bench.recorder.hooks.onStopped = () => {
        stops++
        expect(bench.state).toMatch(/Closed|Failed/)
      }
      bench.peer.latest.hangUp(1000)
      expect(stops).toBe(1)
      bench.recorder.dialling = () => Effect.succeed(undefined)
      bench.connection.reconnect()
      expect(stops).toBe(2)
      bench.recorder.dialling = dialling
      bench.open()
      bench.peer.latest.drop()
      bench.connection.close()
      expect(stops).toBe(3)
      bench.open()
      bench.peer.latest.drop()
      yield* bench.pass(1000)
      bench.peer.latest.refuse()
      expect([stops, bench.state]).toEqual([4, "Failed"])
    }),
  )

  it.effect.each([
    ...[
      1000, 1002, 1003, 1004, 1007, 1008, 1009, 1010, 1016, 2000, 2999, 3000, 3999, 4000, 4401, 4999, 999,
    ].map((code) => [code, "final"] as const),
    ...[1001, 1011, 1012, 1013, 1014].map((code) => [code, "retried"] as const),
  ])("the code %i is %s", ([code, fate]) =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.hangUp(code, "why")
      expect(bench.news()).toEqual([
        `close ${code} why`,
        ...(fate === "retried" ? [`retry 1 in 1000 after ${code}`] : []),
      ])
      yield* bench.pass(1000)
      expect(bench.state).toBe(fate === "retried" ? "Connecting" : "Closed")
    }),
  )

  it.effect.each([
    [1005, "retried"],
    [1006, "retried"],
    [1015, "final"],
  ] as const)("the code %i, which is never on the wire, is %s if a stand-in reports it", ([code, fate]) =>
    Effect.gen(function* () {
      const bench = yield* open()
      const { latest } = bench.peer
      bench.peer.emit(latest, new CloseEvent("close", { code, reason: "why" }))
      latest.drop()
      expect(bench.news()).toEqual([
        `close ${code} why`,
        ...(fate === "retried" ? [`retry 1 in 1000 after ${code}`] : []),
      ])
    }),
  )

  it.effect("no code at all counts as 1005, and is retried", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.hangUp()
      expect(bench.news()).toEqual(["close 1005", "retry 1 in 1000 after 1005"])
    }),
  )

  it.effect("a protocol error reports an error first", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.violate()
      expect(bench.news()).toEqual(["error SocketError", "close 1006", "retry 1 in 1000 after 1006"])
    }),
  )

  it.effect("the codes that are retried are those of the settings", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectCodes: new Set([1000]) })
      bench.peer.latest.hangUp(1000)
      expect(bench.state).toBe("Waiting")
      bench.open()
      bench.peer.latest.drop()
      expect(bench.state).toBe("Closed")
    }),
  )

  it.effect("without reconnect nothing is retried", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnect: false })
      for (const end of ["drop", "refuse"] as const) {
        bench.connection.reconnect()
        if (end === "drop") bench.peer.latest.accept()
        bench.peer.latest[end]()
        expect(bench.state).toBe("Closed")
      }
    }),
  )

  it.effect("a retry waits as long as onRetry returns", () =>
    Effect.gen(function* () {
      const bench = yield* make()
      bench.recorder.delay = 4000
      bench.connection.reconnect()
      bench.peer.latest.refuse()
      yield* bench.pass(3999)
      expect(bench.state).toBe("Waiting")
      yield* bench.pass(1)
      expect(bench.state).toBe("Connecting")
    }),
  )

  it.effect("the state has changed before its hook is called", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectMaxAttempts: 1 })
      const seen: Array<string> = []
      const calls = ["beforeDial", "onConnecting", "onOpen", "onClose", "onRetry", "onFailed"] as const
      for (const call of calls) {
        bench.recorder.hooks[call] = () => void seen.push(`${call} ${bench.state}`)
      }
      bench.connection.reconnect()
      bench.peer.latest.accept()
      bench.peer.latest.drop()
      yield* bench.pass(1000)
      bench.peer.latest.refuse()
      expect(seen).toEqual([
        "beforeDial Connecting",
        "onConnecting Connecting",
        "onOpen Greeting",
        "onClose Waiting",
        "onRetry Waiting",
        "beforeDial Connecting",
        "onConnecting Connecting",
        "onClose Waiting",
        "onFailed Failed",
      ])
    }),
  )

  it.effect("onState is called once for each state, in order", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectMaxAttempts: 0 })
      bench.connection.reconnect()
      bench.peer.latest.accept()
      bench.connection.pause()
      bench.peer.settle()
      bench.connection.resume()
      bench.peer.latest.refuse()
      bench.connection.reconnect()
      bench.peer.latest.accept()
      bench.connection.close()
      bench.peer.settle()
      bench.end()
      const distinct = bench.recorder.states.filter((state, n, all) => state !== all[n - 1])
      expect(distinct).toEqual([
        "Connecting",
        "Greeting",
        "Open",
        "Paused",
        "Connecting",
        "Waiting",
        "Failed",
        "Connecting",
        "Greeting",
        "Open",
        "Closing",
        "Closed",
        "Ended",
      ])
    }),
  )
})

describe("retries", () => {
  it.effect("come after exactly their delay", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectPolicy: Reconnect.constant(2500) })
      bench.connection.reconnect()
      bench.peer.latest.refuse()
      bench.news()
      yield* bench.pass(2499)
      expect(bench.news()).toEqual([])
      yield* bench.pass(1)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("back off, and are numbered since the last opening", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      for (const delay of [1000, 2000, 4000, 8000, 8000]) yield* bench.pass(delay)
      expect(bench.lines("retry")).toEqual([
        "retry 1 in 1000 after 1006",
        "retry 2 in 2000 after 1006",
        "retry 3 in 4000 after 1006",
        "retry 4 in 8000 after 1006",
        "retry 5 in 8000 after 1006",
        "retry 6 in 8000 after 1006",
      ])
      bench.peer.answer = "accept"
      yield* bench.pass(8000)
      bench.news()
      bench.peer.latest.drop()
      expect(bench.news().at(-1)).toMatch(/^retry 1 /)
    }),
  )

  it.effect("take their jitter from the Random service", () =>
    Effect.gen(function* () {
      const retry = Effect.gen(function* () {
        const bench = yield* make({ reconnectPolicy: Reconnect.fullJitter }, { answer: "refuse" })
        bench.connection.reconnect()
        bench.peer.settle()
        return bench.lines("retry")
      }).pipe(Random.withSeed("seed"))
      expect(yield* retry).toEqual(yield* retry)
    }),
  )

  it.effect("a delay of 0 is tried again in a later turn, a millisecond on", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectPolicy: Reconnect.constant(0) })
      bench.connection.reconnect()
      bench.news()
      bench.peer.latest.refuse()
      yield* bench.pass(0)
      expect(bench.news()).toEqual(["error SocketError", "close 1006", "retry 1 in 0 after 1006"])
      yield* bench.pass(1)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("a delay function that fails is an error, and the retry comes after a second", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectPolicy: Reconnect.fromFunction(() => Number.NaN) })
      bench.connection.reconnect()
      bench.news()
      bench.peer.latest.refuse()
      expect(bench.news()).toEqual([
        "error SocketError",
        "close 1006",
        "error DelayError",
        "retry 1 in 1000 after 1006",
      ])
      yield* bench.pass(1000)
      expect(bench.state).toBe("Connecting")
    }),
  )

  it.effect("a policy that cannot be read does not end the connection", () =>
    Effect.gen(function* () {
      const bench = yield* make({
        reconnectPolicy: Reconnect.suspend(() => {
          throw new Error("oops")
        }),
      })
      bench.connection.reconnect()
      bench.peer.latest.refuse()
      yield* bench.pass(60_000)
      expect([bench.state, bench.fibers.defects]).toEqual(["Connecting", []])
    }),
  )

  it.effect("end when reconnectMaxAttempts are used up: failed, with the number of retries", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectMaxAttempts: 2 }, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      yield* bench.pass(1000)
      yield* bench.pass(2000)
      expect(bench.state).toBe("Failed")
      expect(bench.news().slice(-3)).toEqual(["error SocketError", "close 1006", "failed 2 after 1006"])
      yield* bench.pass(3_600_000)
      expect([bench.state, bench.news(), bench.clock.sleeping]).toEqual(["Failed", [], 0])
    }),
  )

  it.effect("end when a schedule of the user's is done", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectPolicy: Schedule.recurs(1) }, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      yield* bench.pass(1)
      expect([bench.state, bench.news().at(-1)]).toEqual(["Failed", "failed 1 after 1006"])
    }),
  )

  it.effect("a reconnect after failing has all its retries again", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectMaxAttempts: 1 }, { answer: "refuse" })
      for (let n = 0; n < 2; n++) {
        bench.connection.reconnect()
        bench.peer.settle()
        yield* bench.pass(1000)
        expect(bench.news().filter((line) => /retry|failed/.test(line))).toEqual([
          "retry 1 in 1000 after 1006",
          "failed 1 after 1006",
        ])
      }
    }),
  )

  it.effect("of a server that opens and drops at once end with the number of retries", () =>
    Effect.gen(function* () {
      const bench = yield* make({ reconnectMaxAttempts: 3 })
      bench.connection.reconnect()
      for (let n = 0; n < 4; n++) {
        bench.peer.latest.accept()
        bench.peer.latest.drop()
        if (n < 3) yield* bench.pass(8000)
      }
      expect([bench.state, bench.news().at(-1)]).toEqual(["Failed", "failed 3 after 1006"])
    }),
  )
})

describe("the backoff starts over", () => {
  /** Brings the backoff to its third delay, with an open connection. */
  const tried = (settings: Partial<Connection.Settings> = {}) =>
    Effect.gen(function* () {
      const bench = yield* make(settings, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      yield* bench.pass(1000)
      bench.peer.answer = "accept"
      yield* bench.pass(2000)
      expect(bench.state).toBe("Open")
      bench.news()
      return bench
    })
  const delay = (bench: Bench) => bench.news().findLast((line) => line.startsWith("retry"))

  it.effect("after a first opening, whatever it ends with: there was no other to compare it with", () =>
    Effect.gen(function* () {
      const bench = yield* tried()
      bench.peer.latest.drop()
      expect(delay(bench)).toBe("retry 1 in 1000 after 1006")
    }),
  )

  it.effect("not when a connection that opens ends again and again with the same code", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (let n = 0; n < 5; n++) {
        bench.peer.latest.hangUp(1012)
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
        yield* bench.pass(4999)
      }
      expect(seen).toEqual([1000, 2000, 4000, 8000, 8000].map((ms) => `retry 1 in ${ms} after 1012`))
    }),
  )

  it.effect("when it has been open for reconnectStableAfter, and not a millisecond earlier", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (const openFor of [0, 4999, 5000, 0]) {
        yield* bench.pass(openFor)
        bench.peer.latest.drop()
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
      }
      expect(seen).toEqual([1000, 2000, 1000, 2000].map((ms) => `retry 1 in ${ms} after 1006`))
    }),
  )

  it.effect("however the date of the machine jumps while it is open", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (const [skew, openFor, frames] of [
        [0, 0, 0],
        [3_600_000, 10, 0],
        [7_200_000, 10, 1],
        [0, 1000, 1],
        [3_600_000, 0, 0],
        [0, 5000, 0],
      ] as const) {
        bench.clock.skew = skew
        yield* bench.pass(openFor)
        for (let n = 0; n < frames; n++) bench.peer.latest.send("hi")
        bench.peer.latest.drop()
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
      }
      expect(seen.map((line) => line?.split(" ")[3])).toEqual([
        "1000",
        "2000",
        "4000",
        "1000",
        "2000",
        "1000",
      ])
    }),
  )

  it.effect("when a frame has been received after a second, and not a millisecond earlier", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (const openFor of [0, 999, 1000, 0]) {
        yield* bench.pass(openFor)
        bench.peer.latest.send("hi")
        bench.peer.latest.drop()
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
      }
      expect(seen).toEqual([1000, 2000, 1000, 2000].map((ms) => `retry 1 in ${ms} after 1006`))
    }),
  )

  it.effect("when it ends with a code that none has ended with: each code starts it over once", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (const code of [1006, 1006, 1012, 1012, 1006, 1012]) {
        bench.peer.latest.hangUp(code)
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
      }
      expect(seen).toEqual(
        [
          [1000, 1006],
          [2000, 1006],
          [1000, 1012],
          [2000, 1012],
          [4000, 1006],
          [8000, 1012],
        ].map(([ms, code]) => `retry 1 in ${ms} after ${code}`),
      )
    }),
  )

  it.effect("when it ends with a code that none has ended with since one was stable", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      const seen: Array<string | undefined> = []
      for (const [code, openFor] of [
        [1006, 0],
        [1012, 0],
        [1011, 5000],
        [1011, 0],
        [1006, 0],
        [1012, 0],
        [1012, 0],
      ] as const) {
        yield* bench.pass(openFor)
        bench.peer.latest.hangUp(code)
        seen.push(delay(bench))
        yield* bench.pass(8000)
        bench.peer.latest.accept()
      }
      expect(seen.map((line) => line?.split(" ")[3])).toEqual([
        "1000",
        "1000",
        "1000",
        "2000",
        "1000",
        "1000",
        "2000",
      ])
    }),
  )

  it.effect("not by an attempt in between that does not open: its code does not count", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.hangUp(1012)
      yield* bench.pass(1000)
      bench.peer.latest.refuse()
      yield* bench.pass(2000)
      bench.peer.latest.accept()
      bench.news()
      bench.peer.latest.hangUp(1012)
      expect(delay(bench)).toBe("retry 1 in 4000 after 1012")
    }),
  )

  it.effect("when a stable connection is paused, or replaced before its end is reported", () =>
    Effect.gen(function* () {
      for (const away of [(bench: Bench) => bench.pass(1), () => Effect.void]) {
        const bench = yield* tried()
        yield* bench.pass(5000)
        bench.connection.pause()
        yield* away(bench)
        bench.peer.answer = "refuse"
        bench.connection.resume()
        bench.peer.settle()
        expect(delay(bench)).toBe("retry 1 in 1000 after 1006")
      }
    }),
  )

  it.effect("when a stable connection is paused: its retries are all there again", () =>
    Effect.gen(function* () {
      const bench = yield* tried({ reconnectMaxAttempts: 2 })
      yield* bench.pass(5000)
      bench.connection.pause()
      yield* bench.pass(1)
      bench.peer.answer = "refuse"
      bench.connection.resume()
      bench.peer.settle()
      expect(bench.state).toBe("Waiting")
    }),
  )

  it.effect("on reconnect, and not on wake or resume", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      bench.connection.wake()
      bench.peer.settle()
      expect(delay(bench)).toBe("retry 2 in 2000 after 1006")
      bench.connection.pause()
      bench.connection.resume()
      bench.peer.settle()
      expect(delay(bench)).toBe("retry 1 in 4000 after 1006")
      bench.connection.reconnect()
      bench.peer.settle()
      expect(delay(bench)).toBe("retry 1 in 1000 after 1006")
    }),
  )

  it.effect("so that a server that flaps is dialled at most 6 times in 10 seconds", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { answer: "accept" })
      bench.connection.reconnect()
      const clock = yield* Clock.Clock
      const until = clock.currentTimeMillisUnsafe() + 10_000
      while (clock.currentTimeMillisUnsafe() < until) {
        yield* bench.pass(5)
        if (bench.state === "Open") bench.peer.latest.drop()
        else yield* bench.pass(45)
      }
      expect(bench.peer.links.length).toBeLessThanOrEqual(6)
    }),
  )
})

describe("waiting", () => {
  it.effect("without a network it goes on retrying by the same backoff, and uses up no attempts", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectMaxAttempts: 2 })
      bench.recorder.network = false
      bench.peer.latest.drop()
      for (const delay of [1000, 2000, 4000, 8000, 8000]) {
        expect(bench.lines("retry").at(-1)).toContain(` in ${delay} `)
        yield* bench.pass(delay)
        bench.peer.latest.refuse()
      }
      expect(bench.state).toBe("Waiting")
      bench.recorder.network = true
      for (let retry = 0; retry < 2; retry++) {
        yield* bench.pass(8000)
        bench.peer.latest.refuse()
      }
      yield* bench.pass(8000)
      bench.peer.latest.refuse()
      expect([bench.state, bench.lines("failed")]).toEqual(["Failed", ["failed 2 after 1006"]])
    }),
  )

  it.effect("a network that is back before the delay is over changes nothing by itself", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.recorder.network = false
      bench.peer.latest.drop()
      yield* bench.pass(500)
      bench.recorder.network = true
      yield* bench.pass(500)
      expect(bench.state).toBe("Connecting")
    }),
  )

  it.effect("offline and online a hundred times make as many attempts as were asked for", () =>
    Effect.gen(function* () {
      const bench = yield* open()
      bench.peer.latest.drop()
      for (let n = 0; n < 100; n++) {
        bench.recorder.network = false
        bench.recorder.network = true
        bench.connection.wake()
      }
      expect([bench.peer.links.length, bench.peer.mostLive]).toEqual([2, 1])
    }),
  )

  it.effect("a machine that has been asleep tries at once when it wakes", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectPolicy: Reconnect.constant(600_000) })
      bench.peer.latest.drop()
      bench.news()
      yield* bench.pass(1500)
      expect(bench.news()).toEqual([])
      bench.clock.skew = 60_000
      yield* bench.pass(500)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("a timer that is a little late is no sleep, but counts", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectPolicy: Reconnect.constant(10_000) })
      bench.peer.latest.drop()
      bench.news()
      yield* bench.pass(500)
      bench.clock.skew = 4000
      yield* bench.pass(500)
      expect(bench.news()).toEqual([])
      yield* bench.pass(4999)
      expect(bench.news()).toEqual([])
      yield* bench.pass(1)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("setting the clock back neither hastens nor delays a retry", () =>
    Effect.gen(function* () {
      const bench = yield* open({ reconnectPolicy: Reconnect.constant(10_000) })
      bench.peer.latest.drop()
      bench.news()
      yield* bench.pass(500)
      bench.clock.skew = -3_600_000
      yield* bench.pass(9499)
      expect(bench.news()).toEqual([])
      yield* bench.pass(1)
      expect(bench.news()).toEqual(["dial 1", "connecting 1"])
    }),
  )

  it.effect("a clock that jumps makes no burst", () =>
    Effect.gen(function* () {
      const bench = yield* make({}, { answer: "refuse" })
      bench.connection.reconnect()
      bench.peer.settle()
      for (const skew of [3_600_000, -3_600_000, 7_200_000]) {
        const before = bench.peer.links.length
        bench.clock.skew = skew
        yield* bench.pass(1000)
        expect(bench.peer.links.length - before).toBeLessThanOrEqual(1)
      }
    }),
  )

  it.effect("messages that are too old are dropped", () =>
    Effect.gen(function* () {
      const bench = yield* make({ queueTtl: 3000 })
      bench.connection.send("a")
      yield* bench.pass(1000)
      bench.connection.send("b")
      yield* bench.pass(2000)
      expect(bench.news()).toEqual(["dropped a: expired"])
      bench.connection.reconnect()
      bench.peer.latest.accept()
      expect(bench.peer.latest.received).toEqual(["b"])
    }),
  )

  it.effect.each([
    ["reject", "dropped c: overflow", ["a", "b"]],
    ["drop-oldest", "dropped a: overflow", ["b", "c"]],
  ] as const)("where the outbox is full: %s", ([queueOverflow, line, waiting]) =>
    Effect.gen(function* () {
      const bench = yield* make({ queueCapacity: 2, queueOverflow })
      for (const message of ["a", "b", "c"]) bench.connection.send(message)
      expect([bench.news(), bench.connection.outbox.toArray()]).toEqual([[line], waiting])
    }),
  )
})

it.effect.each(parts(4))("hundreds of connections made and ended leave nothing behind, %s", () =>
  Effect.gen(function* () {
    for (let n = 0; n < 250; n++) {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const bench = yield* make({ reconnectPolicy: backoff, queueTtl: 1000 })
          bench.connection.reconnect()
          if (n % 3 > 0) bench.peer.latest.accept()
          if (n % 3 > 1) bench.peer.latest.drop()
        }),
      )
    }
  }),
)
