/** Sockets that end by themselves, and sockets that somebody else closes. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Connection from "../../src/core/Connection.ts"
import { WebSocketConstructor, type WebSocketLike } from "../../src/core/Socket.ts"
import { Bench, defaults, Recorder } from "./bench.ts"

/** A stand-in that may reconnect by itself. It counts the calls that it receives. */
class Lasting implements WebSocketLike {
  closed = 0
  readonly #listeners = new Map<string, (event: object) => void>()
  addEventListener(type: string, listener: (event: object) => void) {
    this.#listeners.set(type, listener)
  }
  send() {}
  close() {
    this.closed++
  }
  emit(type: string, event: object = {}) {
    this.#listeners.get(type)?.(event)
  }
}

/** A connection that has been dropped by such a stand-in, and what its dials give. */
const dropped = (next: (first: Lasting) => Lasting, code = 1006) =>
  Effect.gen(function* () {
    const first = new Lasting()
    let dials = 0
    const connection = yield* Connection.make(defaults, new Recorder()).pipe(
      Effect.provideService(WebSocketConstructor, () => (dials++ === 0 ? first : next(first))),
    )
    connection.reconnect()
    first.emit("open")
    first.emit("close", { code })
    return { connection, first }
  })

describe("a WebSocket that ended by itself", () => {
  it.effect("is left alone while it may be given again", () =>
    Effect.gen(function* () {
      const { connection, first } = yield* dropped((first) => first)
      expect(first.closed).toBe(0)
      connection.reconnect()
      expect([connection.state._tag, first.closed]).toEqual(["Connecting", 0])
    }),
  )

  it.effect("is closed when another has been given", () =>
    Effect.gen(function* () {
      const { connection, first } = yield* dropped(() => new Lasting())
      connection.reconnect()
      expect(first.closed).toBe(1)
    }),
  )

  it.effect("is closed when a dial fails and none will follow", () =>
    Effect.gen(function* () {
      const { connection, first } = yield* dropped(() => {
        throw new Error("no more")
      })
      connection.reconnect()
      expect([connection.state._tag, first.closed]).toEqual(["Waiting", 0])
      connection.close()
      expect([connection.state._tag, first.closed]).toEqual(["Closed", 1])
    }),
  )

  it.effect("is left alone as long as another connection uses it", () =>
    Effect.gen(function* () {
      const { connection, first } = yield* dropped((first) => first)
      const other = yield* Connection.make(defaults, new Recorder()).pipe(
        Effect.provideService(WebSocketConstructor, () => first),
      )
      other.reconnect()
      connection.close()
      expect(first.closed).toBe(0)
      other.close()
      expect(first.closed).toBe(1)
    }),
  )

  it.effect("is closed with a code that is final, and with a pause", () =>
    Effect.gen(function* () {
      const ended = yield* dropped((first) => first, 4000)
      expect([ended.connection.state._tag, ended.first.closed]).toEqual(["Closed", 1])
      const paused = yield* dropped((first) => first)
      paused.connection.pause()
      expect([paused.connection.state._tag, paused.first.closed]).toEqual(["Paused", 1])
    }),
  )
})

it.effect(
  "a stand-in without readyState takes what is sent before it has opened, unless something waits",
  () =>
    Effect.gen(function* () {
      for (const waiting of [[], ["a"]]) {
        const socket = new Lasting()
        const connection = yield* Connection.make(defaults, new Recorder()).pipe(
          Effect.provideService(WebSocketConstructor, () => socket),
        )
        for (const message of waiting) connection.send(message)
        connection.reconnect()
        connection.send("b")
        expect(connection.outbox.toArray()).toEqual(waiting.length === 0 ? [] : ["a", "b"])
      }
    }),
)

describe("adoptClose", () => {
  it.effect("the connection's own close of a socket that it gives up is none of the page's", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make({
        settings: { heartbeat: { interval: 3000, timeout: 1000, message: "ping" } },
      })
      bench.open()
      const { socket } = bench.peer.latest
      const close = socket.close.bind(socket)
      socket.close = (...frame) => {
        bench.connection.adoptClose(socket)
        close(...frame)
      }
      yield* bench.pass(4000)
      expect(bench.state).toBe("Waiting")
    }),
  )

  it.effect("does not change a connection that is already paused or closed", () =>
    Effect.gen(function* () {
      for (const command of ["pause", "close"] as const) {
        const bench = yield* Bench.make()
        bench.open()
        const { latest } = bench.peer
        latest.stall()
        bench.connection[command]()
        const { state } = bench.connection
        bench.connection.adoptClose(latest.socket)
        expect(bench.connection.state).toBe(state)
      }
    }),
  )

  it.effect("leaves nothing behind if the connection dials again from the hook of its state", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.open()
      bench.recorder.hooks["=Closing"] = () => bench.connection.reconnect()
      bench.connection.adoptClose(bench.peer.latest.socket)
      bench.peer.latest.accept()
      // The timers that are looked at when the test ends.
      expect([bench.state, bench.remains.timers]).toEqual(["Open", 0])
    }),
  )

  it.effect("closes the connection for good, whatever the code will be", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.open()
      const { socket } = bench.peer.latest
      bench.connection.adoptClose(socket)
      socket.close()
      expect(bench.state).toBe("Closing")
      bench.peer.settle()
      expect([bench.state, bench.news()]).toEqual(["Closed", ["close 1005"]])
    }),
  )

  it.effect("abandons a peer that does not answer within closeTimeout", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.open()
      const { latest } = bench.peer
      latest.stall()
      bench.connection.adoptClose(latest.socket)
      latest.socket.close()
      yield* bench.pass(2000)
      expect([bench.state, bench.news()]).toEqual(["Closed", ["close 1006 the closing handshake timed out"]])
    }),
  )

  it.effect("ignores a socket that is not in use", () =>
    Effect.gen(function* () {
      const bench = yield* Bench.make()
      bench.open()
      const { socket } = bench.peer.latest
      bench.peer.latest.drop()
      bench.connection.adoptClose(socket)
      expect(bench.state).toBe("Waiting")
      bench.open()
      bench.connection.adoptClose(socket)
      expect(bench.state).toBe("Open")
    }),
  )
})
