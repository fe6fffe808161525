/** The typed client on Node's own WebSocket, against a real server. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Reconnect, WsClient } from "../../src/index.ts"
import { accept, closeAfter, echo, inTurn, refuse } from "../setup/behaviours.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"

const reconnect: Reconnect.Policy = Schedule.spaced("20 millis")

const test = <E>(title: string, body: (server: TestServer) => Effect.Effect<unknown, E, Scope.Scope>): void =>
  it.live(title, () =>
    Effect.flatMap(
      Effect.acquireRelease(Effect.promise(TestServer.start), (server) =>
        Effect.promise(() => server.close()),
      ),
      body,
    ),
  )

const until = (condition: () => unknown) => Effect.promise(() => waitFor(condition))

/** A client that speaks numbers. */
const client = (server: TestServer, options: Omit<WsClient.Options, "url"> = {}) =>
  WsClient.make({
    url: server.wsUrl("/ws"),
    outgoing: Schema.Number,
    incoming: Schema.Number,
    reconnect,
    ...options,
  })

const numbers = (server: TestServer) => server.received("/ws").map(Number)

test("messages reach a real server and return", (server) =>
  Effect.gen(function* () {
    server.webSocket("/ws", echo())
    const { messages, request, send } = yield* client(server)
    yield* send(1)
    yield* send(2)
    expect(yield* Stream.runCollect(Stream.take(messages, 2))).toEqual([1, 2])
    expect(yield* request(3, { match: (answer) => answer === 3 })).toBe(3)
  }))

test("what is sent around a restart of the server, 1012, arrives once and in order", (server) =>
  Effect.gen(function* () {
    const { send } = yield* client(server)
    yield* send(0)
    for (let restart = 1; restart <= 5; restart++) {
      yield* until(() => server.live().length === 1)
      yield* send(10 * restart)
      server.live()[0]?.close(1012)
      const sending = yield* Effect.forkChild(send(10 * restart + 1), { startImmediately: true })
      yield* until(() => server.visits.length === restart + 1)
      yield* Fiber.join(sending)
      yield* send(10 * restart + 2)
    }
    yield* until(() => numbers(server).at(-1) === 52)
    expect(numbers(server)).toEqual([0, ...[1, 2, 3, 4, 5].flatMap((n) => [10 * n, 10 * n + 1, 10 * n + 2])])
  }))

test("a client comes back to a server that was killed, and sends what has waited", (server) =>
  Effect.gen(function* () {
    const chat = yield* client(server)
    yield* chat.send(1)
    yield* until(() => numbers(server).length === 1)
    yield* Effect.promise(() => server.down())
    yield* until(() => chat.state._tag === "Waiting")
    expect(chat.state).toMatchObject({ code: 1006 })
    const sending = yield* Effect.forkChild(chat.send(2), { startImmediately: true })
    yield* Effect.promise(() => server.up())
    yield* Fiber.join(sending)
    yield* until(() => numbers(server).length === 2)
    expect(numbers(server)).toEqual([1, 2])
  }))

test("a refused handshake is a failed attempt", (server) =>
  Effect.gen(function* () {
    server.webSocket("/ws", inTurn(refuse(503), refuse(401), accept()))
    const chat = yield* client(server)
    yield* chat.awaitOpen
    expect(server.visits).toHaveLength(3)
  }))

test("a client without a retry left fails with the end of the last one", (server) =>
  Effect.gen(function* () {
    server.webSocket("/ws", refuse(503))
    const chat = yield* client(server, { reconnectMaxAttempts: 2 })
    expect(yield* Effect.flip(chat.awaitOpen)).toMatchObject({
      _tag: "RetriesExhausted",
      attempts: 2,
      code: 1006,
    })
    expect(yield* Effect.flip(chat.send(1))).toMatchObject({ _tag: "RetriesExhausted" })
    expect(server.visits).toHaveLength(3)
  }))

test("a close that is final ends the messages with its code and reason", (server) =>
  Effect.gen(function* () {
    server.webSocket("/ws", closeAfter(0, 4401, "login"))
    const chat = yield* client(server)
    expect(yield* Effect.flip(Stream.runDrain(chat.messages))).toMatchObject({
      _tag: "ConnectionClosed",
      closedBy: "peer",
      code: 4401,
      reason: "login",
    })
  }))

test("bytes are sent and received as binary frames", (server) =>
  Effect.gen(function* () {
    server.webSocket(
      "/ws",
      accept((visit) => visit.onMessage((data) => visit.send(data))),
    )
    const { messages, send } = yield* WsClient.make({
      url: server.wsUrl("/ws"),
      outgoing: Schema.Uint8Array,
      incoming: Schema.Uint8Array,
      format: "raw",
      reconnect,
    })
    yield* send(new Uint8Array([1, 2, 3]))
    expect(yield* Stream.runHead(messages)).toMatchObject({ value: new Uint8Array([1, 2, 3]) })
    expect(server.visits[0]?.messages[0]?.data).toEqual(Buffer.from([1, 2, 3]))
  }))

test("the URL is evaluated before every dial, and its scope's end closes the connection", (server) =>
  Effect.gen(function* () {
    let token = 0
    const url = Effect.sync(() => server.wsUrl(`/ws?token=${++token}`))
    const chat = WsClient.make({ url, outgoing: Schema.Number, incoming: Schema.Number, reconnect })
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* (yield* chat).awaitOpen
        server.live()[0]?.close(1012)
        yield* until(() => server.visits.length === 2)
      }),
    )
    yield* until(() => server.visits.every(({ closed }) => closed))
    expect(server.visits.map(({ url }) => url)).toEqual(["/ws?token=1", "/ws?token=2"])
  }))
