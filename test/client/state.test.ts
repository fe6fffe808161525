/** The states of a client, and what changes them. */
import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Reconnect, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { client, fork, Incoming, Outgoing, opened, said, say, test } from "./chat.ts"

const names = (states: Iterable<WsClient.State>) => [...states].map(({ _tag }) => _tag)

test("changes emits the state and each that follows; state is the last of them", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened({ reconnect: Reconnect.constant(1000) })
    const seen = yield* fork(Stream.runCollect(Stream.take(chat.changes, 7)))
    link.hangUp(1012, "restart")
    expect(chat.state).toEqual({ _tag: "Waiting", attempt: 1, delay: 1000, code: 1012, reason: "restart" })
    yield* TestClock.adjust("1 second")
    expect(chat.state).toEqual({ _tag: "Connecting", attempt: 1 })
    ;(yield* peer.nextLink).accept()
    yield* chat.close()
    expect(chat.state).toMatchObject({ _tag: "Closed", why: { closedBy: "this side" } })
    yield* chat.reconnect
    expect(names(yield* Fiber.join(seen))).toEqual([
      "Open",
      "Waiting",
      "Connecting",
      "Open",
      "Closing",
      "Closed",
      "Connecting",
    ])
  }))

test("changes end with the scope, after the last state", () =>
  Effect.gen(function* () {
    const seen = yield* Effect.scoped(
      Effect.gen(function* () {
        const { chat } = yield* opened()
        return yield* Effect.forkDetach(Stream.runCollect(chat.changes), { startImmediately: true })
      }),
    )
    expect(names(yield* Fiber.join(seen))).toEqual(["Open", "Closed"])
  }))

test("awaitOpen succeeds when the connection is open, after failed attempts, and at once if it is", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client()
    const waiting = yield* fork(chat.awaitOpen)
    ;(yield* peer.nextLink).refuse()
    yield* TestClock.adjust("1 second")
    expect(waiting.pollUnsafe()).toBeUndefined()
    ;(yield* peer.nextLink).accept()
    yield* Fiber.join(waiting)
    yield* chat.awaitOpen
  }))

test("awaitOpen fails when the connection is over", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client({ reconnect: false })
    const waiting = yield* fork(Effect.flip(chat.awaitOpen))
    ;(yield* peer.nextLink).refuse()
    expect(yield* Fiber.join(waiting)).toMatchObject({
      _tag: "ConnectionClosed",
      closedBy: "peer",
      code: 1006,
    })
  }))

test("close sends its code and reason, and succeeds when the peer has answered", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    link.stall()
    const closing = yield* fork(chat.close(3001, "done"))
    expect([chat.state._tag, closing.pollUnsafe()]).toEqual(["Closing", undefined])
    link.recover()
    yield* Fiber.join(closing)
    expect([chat.state._tag, link.closing]).toEqual(["Closed", { code: 3001, reason: "done" }])
  }))

test("a second close while the peer has not answered is no other state", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const states = yield* fork(Stream.runCollect(Stream.take(chat.changes, 3)))
    link.stall()
    yield* fork(chat.close())
    yield* fork(chat.close())
    link.recover()
    expect((yield* Fiber.join(states)).map(({ _tag }) => _tag)).toEqual(["Open", "Closing", "Closed"])
  }))

test("close succeeds after closeTimeout if the peer does not answer", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ closeTimeout: "3 seconds" })
    link.stall()
    const closing = yield* fork(chat.close())
    yield* TestClock.adjust(2999)
    expect(closing.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust(1)
    yield* Fiber.join(closing)
  }))

test("close ends a connection that waits or dials, and a second close has nothing to do", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    link.hangUp(1012)
    yield* chat.close()
    yield* chat.close()
    yield* TestClock.adjust("1 hour")
    expect([chat.state._tag, peer.links.length]).toEqual(["Closed", 1])
  }))

test("close dies of a code that WebSocket.close does not take, and closes nothing", () =>
  Effect.gen(function* () {
    const { chat } = yield* opened()
    const exit = yield* Effect.exit(chat.close(1001))
    expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toEqual(
      new RangeError("close code must be 1000 or 3000 to 4999, not 1001"),
    )
    expect(chat.state._tag).toBe("Open")
  }))

test("reconnect replaces an open socket", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    yield* chat.reconnect
    const next = yield* peer.nextLink
    next.accept()
    yield* chat.send(say("a"))
    expect([link.live, next.received.length, peer.mostLive]).toEqual([false, 1, 1])
  }))

test("a code that is not retried is final, reconnectCodes say which are", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened({ reconnectCodes: [4000] })
    link.hangUp(4000)
    yield* TestClock.adjust("1 second")
    ;(yield* peer.nextLink).accept()
    peer.latest.hangUp(1012)
    expect(chat.state).toMatchObject({ _tag: "Closed", why: { closedBy: "peer", code: 1012 } })
  }))

test("reconnect may be a Schedule, or a function of the number of retries", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    peer.answer = "refuse"
    const dials = () => peer.log.flatMap(({ _tag, at }) => (_tag === "Dialled" ? [at] : []))
    const schedule = yield* client({
      reconnect: Schedule.spaced("2 seconds").pipe(Schedule.upTo({ times: 2 })),
    })
    yield* TestClock.adjust("1 minute")
    expect([dials(), schedule.state._tag]).toEqual([[0, 2000, 4000], "Failed"])
    yield* client({ reconnect: (retryCount) => (retryCount + 1) * 100, reconnectMaxAttempts: 3 })
    yield* TestClock.adjust("1 minute")
    expect(dials().slice(3)).toEqual([60_000, 60_100, 60_300, 60_600])
  }))

test("a heartbeat finds a dead peer, and the connection is dialled again", () =>
  Effect.gen(function* () {
    const { link, peer } = yield* opened({ heartbeat: "20 seconds", heartbeatTimeout: "5 seconds" })
    link.stall()
    yield* TestClock.adjust("25 seconds")
    expect(link.unread).toEqual(['{"type":"ping"}'])
    yield* TestClock.adjust("1 second")
    expect(peer.links).toHaveLength(2)
  }))

test("without a network retries go on and use up no attempts; when it is back, a waiting client tries at once", () =>
  Effect.gen(function* () {
    let online = false
    const listeners = new Set<() => void>()
    const network: WsClient.Network = {
      isOnline: () => online,
      onOnline: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    yield* Effect.scoped(
      Effect.gen(function* () {
        const { link, peer } = yield* opened({ reconnectMaxAttempts: 1, reconnect: Reconnect.constant(1000) })
        link.drop()
        for (let retry = 0; retry < 5; retry++) {
          yield* TestClock.adjust("1 second")
          peer.links.at(-1)?.refuse()
        }
        expect(peer.links).toHaveLength(6)
        online = true
        for (const listener of listeners) listener()
        expect(peer.links).toHaveLength(7)
      }),
    ).pipe(Effect.provideService(WsClient.Network, network))
    expect(listeners.size).toBe(0)
  }))

test("url may be an effect: it is evaluated before every dial, in the context of make", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    class Tokens extends Context.Service<Tokens, { readonly next: () => number }>()("test/Tokens") {}
    let token = 0
    yield* client({ url: Tokens.useSync(({ next }) => `wss://chat.test/?token=${next()}`) }).pipe(
      Effect.provideService(Tokens, { next: () => ++token }),
    )
    ;(yield* peer.nextLink).refuse()
    yield* TestClock.adjust("1 second")
    expect(peer.links.map(({ url }) => url)).toEqual(["wss://chat.test/?token=1", "wss://chat.test/?token=2"])
  }))

test("a url that fails is a failed attempt, which problems emits with its cause", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    let attempt = 0
    const urls: ReadonlyArray<Effect.Effect<string, string>> = [
      Effect.fail("no token"),
      Effect.die(new Error("broken")),
      Effect.succeed("ftp://chat.test/"),
      Effect.succeed("https://chat.test/here#there"),
    ]
    const url = Effect.suspend(() => urls[attempt++] ?? Effect.never)
    const chat = yield* client({ url, reconnect: Reconnect.constant(1) })
    yield* TestClock.adjust(3)
    const problems = yield* Stream.runCollect(Stream.take(chat.problems, 3))
    expect(problems.map(({ message }) => message)).toEqual([
      "no URL to dial: no token",
      "the dial failed: Error: broken",
      expect.stringContaining('"ftp://chat.test/" is not a WebSocket URL: expected the scheme'),
    ])
    expect((yield* peer.nextLink).url).toBe("wss://chat.test/here")
  }))

test("a url that does not settle within connectTimeout is a failed attempt", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    let attempts = 0
    const url = Effect.suspend(() => (attempts++ === 0 ? Effect.never : Effect.succeed("wss://chat.test/")))
    const chat = yield* client({ url, connectTimeout: "3 seconds" })
    const problem = yield* fork(Stream.runHead(chat.problems))
    yield* TestClock.adjust("3 seconds")
    expect(chat.state).toMatchObject({ _tag: "Waiting", attempt: 1, code: 1006 })
    expect(Option.getOrThrow(yield* Fiber.join(problem))).toMatchObject({
      _tag: "DialError",
      message: "no URL to dial: url did not settle within 3000 ms (connectTimeout)",
    })
    yield* TestClock.adjust("1 second")
    ;(yield* peer.nextLink).accept()
    yield* chat.awaitOpen
  }))

test("make fails with InvalidUrl if url is not the URL of a WebSocket", () =>
  Effect.gen(function* () {
    for (const url of ["/relative", "not a url", "ftp://chat.test/", new URL("mailto:ann@chat.test")]) {
      const error = yield* Effect.flip(client({ url }))
      expect([error._tag, error.message]).toEqual([
        "InvalidUrl",
        expect.stringMatching(/is not a (valid|WebSocket) URL/),
      ])
    }
  }))

test("subprotocols are offered, one or several", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    yield* client({ protocols: "chat.v2" })
    yield* client({ protocols: ["chat.v2", "chat.v1"] })
    expect(peer.links.map(({ protocols }) => protocols)).toEqual([["chat.v2"], ["chat.v2", "chat.v1"]])
  }))

class Chat extends WsClient.Service<Chat>()("test/Chat", { outgoing: Outgoing, incoming: Incoming }) {}

test("a program depends on a client as a service, for the life of its layer", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    peer.answer = "accept"
    yield* Effect.gen(function* () {
      const chat = yield* Chat
      yield* chat.send(say("hello"))
    }).pipe(Effect.provide(Chat.layer({ url: "wss://chat.test/" })))
    yield* Effect.yieldNow
    expect([peer.received.length, peer.live]).toEqual([1, 0])
  }))

test("schemas may need services: those of make", () =>
  Effect.gen(function* () {
    class Salt extends Context.Service<Salt, string>()("test/Salt") {}
    const Salted = Schema.String.pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transformEffect((text: string) =>
          Salt.useSync((salt) => text.replace(salt, "")),
        ),
        encode: SchemaGetter.transformEffect((text: string) => Salt.useSync((salt) => text + salt)),
      }),
    )
    const peer = yield* TestPeer.TestPeer
    const chat = yield* WsClient.make({
      url: "wss://chat.test/",
      outgoing: Salted,
      incoming: Salted,
    }).pipe(Effect.provideService(Salt, "salt"))
    const link = yield* peer.nextLink
    link.accept()
    yield* chat.send("water")
    link.send('"seasalt"')
    expect(link.received).toEqual(['"watersalt"'])
    expect(yield* Stream.runCollect(Stream.take(chat.messages, 1))).toEqual(["sea"])
  }))

for (const [title, flap] of Object.entries<(link: TestPeer.Link, n: number) => void>({
  "sends a greeting, then crashes": (link) => {
    link.send(said("hello"))
    link.drop()
  },
  "closes with two codes in turn": (link, n) => link.hangUp(n % 2 === 0 ? 1012 : 1011),
  "closes with the same code": (link) => link.hangUp(1012),
}))
  test(`a server that ${title} is dialled at most 6 times in 8 s, with the defaults`, () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      yield* client()
      let seen = 0
      for (let passed = 0; passed < 8000; passed += 50) {
        const { links } = peer
        const link = links[seen]
        if (link !== undefined) {
          link.accept()
          flap(link, seen++)
        }
        yield* TestClock.adjust(50)
      }
      expect([seen >= 3, seen <= 6, seen]).toEqual([true, true, seen])
    }).pipe(Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })))
