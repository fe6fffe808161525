import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { onTestFinished, vi } from "vitest"
import * as Dial from "../../src/core/dial.ts"
import { queueHandshake } from "../../src/core/queueHandshake.ts"
import * as Socket from "../../src/core/Socket.ts"
import { type Options, Peer } from "../setup/Peer.ts"
import { Bench } from "./bench.ts"

// As in a page.
beforeAll(() => {
  Object.assign(globalThis, { location: {} })
})
afterAll(() => {
  Reflect.deleteProperty(globalThis, "location")
})

const limit = 15_000

describe("handshakes with one host", () => {
  /** Queues handshakes with these URLs. The log has the indices of those that have begun, in order. */
  const start = (...urls: ReadonlyArray<string>) => {
    const log: Array<number> = []
    return { log, ends: urls.map((url, at) => queueHandshake(url, () => log.push(at))) }
  }

  it("the first begins at once, and each later one when all before it have ended", () => {
    const { ends, log } = start("ws://a.test/1", "ws://a.test/2", "ws://a.test/3?x")
    expect(log).toEqual([0])
    ends[0]?.()
    expect(log).toEqual([0, 1])
    ends[1]?.()
    expect(log).toEqual([0, 1, 2])
    ends[2]?.()
  })

  it("one that ends before it has begun never begins, and the order of the others stays", () => {
    const { ends, log } = start("ws://a.test/", "ws://a.test/", "ws://a.test/")
    ends[1]?.()
    expect(log).toEqual([0])
    ends[0]?.()
    expect(log).toEqual([0, 2])
    ends[2]?.()
  })

  it("ending one twice begins only one other", () => {
    const { ends, log } = start("ws://a.test/", "ws://a.test/", "ws://a.test/")
    ends[0]?.()
    ends[0]?.()
    expect(log).toEqual([0, 1])
    ends[1]?.()
    ends[2]?.()
  })

  it("each host, port and scheme has a queue of its own", () => {
    const { ends, log } = start("ws://a.test/", "ws://b.test/", "ws://a.test:81/", "wss://a.test/")
    expect(log).toEqual([0, 1, 2, 3])
    for (const end of ends) end()
  })

  it("no queue is kept when its last handshake has ended", () => {
    const set = vi.spyOn(Map.prototype, "set")
    onTestFinished(() => set.mockRestore())
    const { ends } = start("ws://a.test/", "ws://a.test/", "ws://b.test/")
    const [queues] = set.mock.contexts as ReadonlyArray<Map<string, unknown>>
    expect(queues?.size).toBe(2)
    for (const end of ends) end()
    const later = start("ws://a.test/")
    // Of a queue that is no longer kept.
    ends[0]?.()
    expect([...(queues?.keys() ?? [])]).toHaveLength(1)
    later.ends[0]?.()
    expect(queues?.size).toBe(0)
  })

  it("outside of browsers, whose runtimes dial for all sockets at once, each handshake begins at once", () => {
    const { location } = globalThis
    Reflect.deleteProperty(globalThis, "location")
    const { ends, log } = start("ws://a.test/", "ws://a.test/")
    Object.assign(globalThis, { location })
    expect(log).toEqual([0, 1])
    for (const end of ends) end()
    const later = start("ws://a.test/")
    expect(later.log).toEqual([0])
    later.ends[0]?.()
  })
})

describe("the time limit of a handshake", () => {
  /** A socket in the handshake, and how it has ended. */
  const dial = (peer = new Peer(), url = "ws://peer.test/") =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const socket = yield* Dial.dial(
        { url, protocols: [] },
        { onMessage: () => {}, onError: () => {} },
        { connectTimeout: limit, closeTimeout: 2000 },
      ).pipe(Effect.provideService(Socket.WebSocketConstructor, peer.construct), Scope.provide(scope))
      const release = Scope.close(scope, Exit.void)
      yield* Effect.addFinalizer(() => release)
      let isOver = false
      yield* Effect.forkScoped(
        Effect.tapError(socket.opened, () => {
          isOver = true
          return release
        }),
        { startImmediately: true },
      )
      return { link: peer.latest, release, socket, isOver: () => isOver }
    })

  const many = (count: number, options?: Options) =>
    Effect.forEach(Array.from({ length: count }), () => dial(new Peer(options)))

  it.effect("begins when the handshake before it has timed out", () =>
    Effect.gen(function* () {
      const dials = yield* many(3)
      for (let count = 1; count <= 3; count++) {
        yield* TestClock.adjust(limit - 1)
        expect(dials.filter(({ isOver }) => isOver())).toHaveLength(count - 1)
        yield* TestClock.adjust(1)
        expect(dials.map(({ isOver }) => isOver())).toEqual([0, 1, 2].map((at) => at < count))
      }
    }),
  )

  it.effect.each(["opens", "is refused", "is released", "is closed"] as const)(
    "begins when the handshake before it %s",
    (how) =>
      Effect.gen(function* () {
        const [first, second] = yield* many(2)
        yield* TestClock.adjust(5000)
        if (how === "opens") first?.link.accept()
        else if (how === "is refused") first?.link.refuse()
        else if (how === "is closed") first?.socket.close()
        else if (first) yield* first.release
        yield* TestClock.adjust(limit - 1)
        expect(second?.isOver()).toBe(false)
        yield* TestClock.adjust(1)
        expect(second?.isOver()).toBe(true)
      }),
  )

  it.effect("is that of the host that is dialled, however its URL is written", () =>
    Effect.gen(function* () {
      const spellings = ["ws://Peer.test/", "ws://peer.test:80/x", "WS://peer.test/", "ws:/\\peer.test/"]
      const dials = yield* Effect.forEach(spellings, (url) => dial(new Peer(), url))
      for (let turn = 1; turn <= spellings.length; turn++) {
        yield* TestClock.adjust(limit)
        expect(dials.map(({ isOver }) => isOver())).toEqual(spellings.map((_, at) => at < turn))
      }
    }),
  )

  it.effect("begins at once behind a socket that has no handshake", () =>
    Effect.gen(function* () {
      for (const standIn of [{ withoutState: true }, { born: 1 }, { born: 3 }]) {
        yield* dial(new Peer({ standIn }))
        const second = yield* dial()
        yield* TestClock.adjust(limit)
        expect(second.isOver()).toBe(true)
      }
    }),
  )

  it.effect(
    "begins at once for sockets that share one WebSocket: when it is over, all of them are released",
    () =>
      Effect.gen(function* () {
        const peer = new Peer({ standIn: { reused: true } })
        const first = yield* dial(peer)
        const second = yield* dial(peer)
        yield* TestClock.adjust(limit)
        expect([first.isOver(), second.isOver(), peer.latest.live]).toEqual([true, true, false])
      }),
  )

  it.effect("begins at once if the earlier handshake is with another host", () =>
    Effect.gen(function* () {
      yield* dial()
      const other = yield* dial(new Peer(), "ws://other.test/")
      yield* TestClock.adjust(limit)
      expect(other.isOver()).toBe(true)
    }),
  )
})

describe("a good element beside hanging ones", () => {
  /** The network as a browser has it: one handshake with the host at a time, in the order in which they were asked for. */
  class Network {
    readonly #asked: Array<{ readonly peer: Peer; readonly link: Peer["latest"]; readonly isGood: boolean }> =
      []

    readonly bench = (isGood: boolean) =>
      Effect.map(Bench.make(), (bench) => {
        bench.recorder.hooks.onConnecting = () => {
          this.#asked.push({ peer: bench.peer, link: bench.peer.latest, isGood })
        }
        return bench
      })

    /** Answers the handshakes that come to the server until one hangs. */
    serve(): void {
      for (const { isGood, link, peer } of this.#asked) {
        peer.settle()
        if (!link.live || link.socket.readyState === 1) continue
        if (!isGood) return
        link.accept()
      }
    }
  }

  const elapse = (network: Network, millis: number) =>
    Effect.gen(function* () {
      for (let passed = 0; passed < millis; passed += 500) {
        network.serve()
        yield* TestClock.adjust(500)
      }
      network.serve()
    })

  it.effect.each([1, 2, 3])(
    "of %d, it is open after as many times connectTimeout, whoever dials first",
    (n) =>
      Effect.gen(function* () {
        for (let place = 0; place <= n; place++) {
          const network = new Network()
          const benches = yield* Effect.forEach(Array.from({ length: n + 1 }), (_, at) =>
            network.bench(at === place),
          )
          for (const { connection } of benches) connection.reconnect()
          yield* elapse(network, n * limit)
          expect([place, benches[place]?.state, benches[place]?.lines("dial")]).toEqual([
            place,
            "Open",
            ["dial 0"],
          ])
          for (const bench of benches) bench.end()
        }
      }),
  )

  it.effect("it is open again after as many times connectTimeout when it has lost its connection", () =>
    Effect.gen(function* () {
      const network = new Network()
      const good = yield* network.bench(true)
      good.connection.reconnect()
      network.serve()
      const hanging = yield* Effect.forEach([1, 2, 3], () => network.bench(false))
      for (const { connection } of hanging) connection.reconnect()
      for (const wait of [7000, 20_000]) {
        yield* elapse(network, wait)
        expect(good.state).toBe("Open")
        good.peer.latest.drop()
        yield* elapse(network, 3 * limit + 2000)
        expect(good.state).toBe("Open")
      }
    }),
  )
})
