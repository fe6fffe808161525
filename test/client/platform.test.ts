/** What a client gives to its sockets, and reads of them. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, test as it, vi } from "vitest"
import { connect, type WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { answer, ask, fork, heard, opened, said, say, test, turn } from "./chat.ts"

afterEach(() => void vi.unstubAllGlobals())

it("webSocket makes the sockets, and gets the URL, the subprotocols and the headers", async () => {
  const peer = TestPeer.make({ answer: "accept" })
  const dialled: Array<WsClient.DialRequest> = []
  await using chat = connect("wss://chat.test/", {
    protocols: "chat",
    headers: { authorization: "Bearer x" },
    webSocket: (request) => {
      dialled.push(request)
      return new peer.WebSocket(request.url, [...request.protocols])
    },
  })
  await chat.awaitOpen()
  expect(dialled).toEqual([
    { url: "wss://chat.test/", protocols: ["chat"], headers: { authorization: "Bearer x" } },
  ])
})

it("headers without a runtime that sends them are a mistake that says so", () => {
  vi.stubGlobal("process", undefined)
  expect(() => connect("wss://chat.test/", { headers: { a: "b" } })).toThrow(
    "headers cannot be sent: only the WebSockets of Node, Bun and Deno take them, or `webSocket`",
  )
})

test("an open state has the subprotocol, and the time of the last answer", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ protocols: ["a", "b"], heartbeat: "10s" })
    expect(chat.state).toEqual({ _tag: "Open", protocol: link.socket.protocol })
    const asking = yield* fork(chat.request(ask(1), { match: () => true }))
    yield* TestClock.adjust(120)
    link.send(answer(1))
    yield* Fiber.join(asking)
    expect(chat.state).toMatchObject({ roundTrip: 120 })
    yield* TestClock.adjust("10 seconds")
    expect(link.received.at(-1)).toBe('{"type":"ping"}')
    yield* TestClock.adjust(45)
    link.send(said("pong"))
    expect(chat.state).toMatchObject({ roundTrip: 45 })
  }))

test("a state in which the connection fails has the last error, with the reason where the runtime gives one", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    link.socket.dispatchEvent(
      Object.assign(new Event("error"), {
        message: "",
        error: new Error("", { cause: new Error("ECONNRESET") }),
      }),
    )
    link.drop()
    const error = { _tag: "SocketError", message: "wss://chat.test/ broke: ECONNRESET" }
    expect(chat.state).toMatchObject({ _tag: "Waiting", code: 1006, error })
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    next.hangUp(1012)
    expect(chat.state).toMatchObject({ _tag: "Waiting", error: undefined })
  }))

test("the reconnect function gets the code and the reason", () =>
  Effect.gen(function* () {
    const calls: Array<unknown> = []
    const { link } = yield* opened({
      reconnect: (retries, { code, reason }) => {
        calls.push([retries, code, reason])
        return code === 1012 ? 10 : 1000
      },
    })
    link.hangUp(1012, "restart")
    yield* TestClock.adjust(1)
    expect(calls).toEqual([[0, 1012, "restart"]])
  }))

for (const binaryType of ["arraybuffer", "blob"] as const)
  test(`JSON in binary frames is read (${binaryType})`, () =>
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ binaryType })
      const texts = yield* fork(Stream.runCollect(Stream.take(chat.messages, 2)))
      link.send(new TextEncoder().encode(said("grüß")))
      link.send(said("text"))
      expect((yield* Fiber.join(texts)).map((message) => message.text)).toEqual(["grüß", "text"])
    }))

it("JSON is written in binary frames if asked for, and read from them, without schemas as well", async () => {
  const peer = TestPeer.make({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
  await using chat = connect("wss://chat.test/", { format: "json-bytes" })
  await chat.send({ text: "grüß" })
  expect(peer.received).toEqual([new TextEncoder().encode('{"text":"grüß"}')])
  const heard = new Promise((resolve) => chat.on("message", resolve))
  peer.latest.send(new TextEncoder().encode('{"n":1}'))
  expect(await heard).toEqual({ n: 1 })
  await expect(chat.send(undefined)).rejects.toMatchObject({ _tag: "EncodeError" })
})

test("send takes its time while more than highWaterMark waits in the socket, and writes at once", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ highWaterMark: 100 })
    link.stall()
    yield* chat.send(say("small"))
    const big = yield* fork(chat.send(say("x".repeat(200))))
    yield* TestClock.adjust("1 minute")
    expect([link.unread.length, big.pollUnsafe()]).toEqual([2, undefined])
    const behind = yield* fork(chat.send(say("behind")))
    yield* TestClock.adjust("1 minute")
    expect([link.unread.length, behind.pollUnsafe()]).toEqual([3, undefined])
    link.recover()
    yield* TestClock.adjust("1 second")
    yield* Fiber.joinAll([big, behind])
  }))

test("a send that takes its time succeeds when its socket has ended: the message was written", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ highWaterMark: 0 })
    link.stall()
    const sending = yield* fork(chat.send(say("written")))
    yield* TestClock.adjust("1 second")
    link.drop()
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(sending)
  }))

test("all sends that take their time share one timer for each socket, and end together", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ highWaterMark: 0 })
    link.stall()
    const [aborted, ...sends] = yield* Effect.forEach(Array.from({ length: 200 }), (_, n) =>
      fork(chat.send(say(`${n}`))),
    )
    let reads = 0
    let waiting = 1
    Object.defineProperty(link.socket, "bufferedAmount", {
      get: () => {
        reads++
        return waiting
      },
    })
    if (aborted !== undefined) yield* Fiber.interrupt(aborted)
    yield* TestClock.adjust("1 second")
    expect(reads).toBe(100)
    waiting = 0
    yield* TestClock.adjust(10)
    expect(sends.map((sending) => sending.pollUnsafe()?._tag)).toEqual(sends.map(() => "Success"))
    yield* TestClock.adjust("1 second")
    expect(reads).toBe(101)
    waiting = 1
    const last = yield* fork(chat.send(say("waits")))
    yield* TestClock.adjust("1 second")
    yield* Fiber.interrupt(last)
    reads = 0
    yield* TestClock.adjust("1 second")
    expect(reads).toBe(1)
  }))

test("with heartbeatAlways a peer that talks is pinged, too; without, only a silent one", () =>
  Effect.gen(function* () {
    for (const heartbeatAlways of [true, false]) {
      const { link } = yield* opened({ heartbeat: "10s", heartbeatAlways })
      for (let second = 0; second < 60; second++) {
        link.send(said("talk"))
        yield* TestClock.adjust("1 second")
      }
      expect(link.received.filter((frame) => frame === '{"type":"ping"}').length).toBe(
        heartbeatAlways ? 6 : 0,
      )
    }
  }))

test("with heartbeatAlways a silent peer is dropped as without", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ heartbeat: "10s", heartbeatTimeout: "3s", heartbeatAlways: true })
    link.stall()
    yield* TestClock.adjust("13 seconds")
    expect(chat.state._tag).toBe("Waiting")
  }))

test("with a backlog of 0 nothing is kept for a first subscriber, and that reports no loss", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ backlog: 0 })
    const problems: Array<unknown> = []
    yield* fork(Stream.runForEach(chat.problems, (problem) => Effect.sync(() => problems.push(problem))))
    for (let n = 0; n < 3; n++) {
      link.send(said(`${n}`))
      yield* turn
    }
    const reader = yield* fork(Stream.runCollect(Stream.take(chat.messages, 1)))
    link.send(said("now"))
    expect((yield* Fiber.join(reader))[0]).toMatchObject({ text: "now" })
    expect(problems).toEqual([])
  }))

test("a socket that never ends after the close of its peer, as Node's, is given up once a message has to wait for it", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened({ closeTimeout: "3s" })
    Object.defineProperty(link.socket, "readyState", { value: link.socket.CLOSING })
    yield* TestClock.adjust("1 minute")
    const sending = yield* fork(chat.send(say("waits")))
    yield* TestClock.adjust(2_999)
    expect([chat.state._tag, sending.pollUnsafe()]).toEqual(["Open", undefined])
    yield* TestClock.adjust(1)
    expect(chat.state).toMatchObject({ _tag: "Waiting", code: 1006 })
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    yield* Fiber.join(sending)
    expect(heard(next)).toEqual(["waits"])
  }))
