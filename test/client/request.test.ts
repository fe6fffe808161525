/** Requests: their answers and their failures. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { type Answer, answer, ask, client, fork, heard, type Incoming, opened, said, test } from "./chat.ts"

type Message = typeof Incoming.Type

const answers =
  (id: number) =>
  (message: Message): message is typeof Answer.Type =>
    message._tag === "Answer" && message.id === id

test("a request succeeds with the message that answers it, which messages emits as well", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const request = yield* fork(chat.request(ask(1), { match: answers(1) }))
    expect(heard(link)).toEqual([1])
    link.send(said("something else"))
    link.send(answer(1, "yes"))
    expect((yield* Fiber.join(request)).text).toBe("yes")
    const messages = yield* Stream.runCollect(Stream.take(chat.messages, 2))
    expect(messages.map(({ text }) => text)).toEqual(["something else", "yes"])
  }))

test("concurrent requests get their own answers, in whatever order these arrive", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const requests = yield* fork(
      Effect.all(
        [1, 2, 3].map((id) => chat.request(ask(id), { match: answers(id) })),
        { concurrency: "unbounded" },
      ),
    )
    for (const id of [3, 1, 2]) link.send(answer(id))
    expect((yield* Fiber.join(requests)).map(({ text }) => text)).toEqual([
      "answer 1",
      "answer 2",
      "answer 3",
    ])
  }))

test("a message answers one request: the oldest that it matches", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const any = { match: (message: Message) => message._tag === "Answer" }
    const first = yield* fork(chat.request(ask(1), any))
    const second = yield* fork(chat.request(ask(2), any))
    link.send(answer(7, "a"))
    link.send(answer(7, "b"))
    expect([(yield* Fiber.join(first)).text, (yield* Fiber.join(second)).text]).toEqual(["a", "b"])
  }))

test("a message that arrived before a request was written does not answer it", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    link.send(answer(1, "too early"))
    const request = yield* fork(chat.request(ask(1), { match: answers(1) }))
    link.send(answer(1, "in time"))
    expect((yield* Fiber.join(request)).text).toBe("in time")
  }))

test("a request without an answer fails with RequestTimeout after its time; a late answer is only a message", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const request = yield* fork(
      Effect.flip(chat.request(ask(1), { match: answers(1), timeout: "3 seconds" })),
    )
    const later = yield* fork(Effect.flip(chat.request(ask(2), { match: answers(2) })))
    yield* TestClock.adjust("3 seconds")
    expect(yield* Fiber.join(request)).toMatchObject({ _tag: "RequestTimeout", timeout: 3000 })
    link.send(answer(1))
    expect(yield* Stream.runCollect(Stream.take(chat.messages, 1))).toHaveLength(1)
    yield* TestClock.adjust("7 seconds")
    expect(yield* Fiber.join(later)).toMatchObject({ _tag: "RequestTimeout", timeout: 10_000 })
  }))

test("a request that times out before it was written leaves the queue", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client()
    const request = yield* fork(Effect.flip(chat.request(ask(1), { match: answers(1), timeout: "1 second" })))
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(request)
    const link = yield* peer.nextLink
    link.accept()
    expect(link.received).toEqual([])
  }))

test("a request that was written fails with ConnectionLost when the connection is lost, and is not sent again", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const request = yield* fork(Effect.flip(chat.request(ask(1), { match: answers(1) })))
    link.hangUp(1012, "restart")
    expect(yield* Fiber.join(request)).toMatchObject({
      _tag: "ConnectionLost",
      code: 1012,
      reason: "restart",
    })
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    expect(next.received).toEqual([])
  }))

test("a request that waits for a connection is not lost with an attempt", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client()
    const request = yield* fork(chat.request(ask(1), { match: answers(1), timeout: "1 hour" }))
    ;(yield* peer.nextLink).refuse()
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    next.send(answer(1))
    yield* Fiber.join(request)
  }))

test("with retry, requests are sent again on the next connection, in order and before what waits", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const retried = (id: number) =>
      chat.request(ask(id), { match: answers(id), retry: true, timeout: "1 hour" })
    const requests = yield* fork(Effect.all([retried(1), retried(2)], { concurrency: "unbounded" }))
    link.drop()
    const third = yield* fork(retried(3))
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    expect([heard(link), heard(next)]).toEqual([
      [1, 2],
      [1, 2, 3],
    ])
    for (const id of [1, 2, 3]) next.send(answer(id))
    yield* Fiber.join(requests)
    yield* Fiber.join(third)
  }))

test("with retry, a request is sent again when reconnect replaces the socket", () =>
  Effect.gen(function* () {
    const { chat, peer } = yield* opened()
    const request = yield* fork(chat.request(ask(1), { match: answers(1), retry: true }))
    yield* chat.reconnect
    const next = yield* peer.nextLink
    next.accept()
    expect(heard(next)).toEqual([1])
    next.send(answer(1))
    yield* Fiber.join(request)
  }))

test("with retry, a request is sent again once, even if a frame before the loss needs longer than the next dial", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const slow = Schema.String.pipe(
      Schema.decode({
        decode: SchemaGetter.checkEffect(() => Effect.as(Effect.sleep("5 seconds"), undefined)),
        encode: SchemaGetter.passthrough(),
      }),
    )
    const chat = yield* WsClient.make({ url: "wss://chat.test/", outgoing: Schema.String, incoming: slow })
    const link = yield* peer.nextLink
    link.accept()
    const request = yield* fork(
      chat.request("ask", { match: (message) => message === "yes", retry: true, timeout: "1 minute" }),
    )
    link.send('"something else"')
    link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    expect(next.received).toEqual([])
    yield* TestClock.adjust("4 seconds")
    expect(next.received).toEqual(['"ask"'])
    next.send('"yes"')
    yield* TestClock.adjust("5 seconds")
    expect(yield* Fiber.join(request)).toBe("yes")
  }))

test("a request that was answered is not sent again", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const request = yield* fork(chat.request(ask(1), { match: answers(1), retry: true }))
    link.send(answer(1))
    yield* Fiber.join(request)
    link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    expect(next.received).toEqual([])
  }))

test("requests fail with the end of the connection, with or without retry", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const requests = [
      yield* fork(Effect.flip(chat.request(ask(1), { match: answers(1) }))),
      yield* fork(Effect.flip(chat.request(ask(2), { match: answers(2), retry: true }))),
    ]
    link.hangUp(1008)
    for (const request of requests)
      expect(yield* Fiber.join(request)).toMatchObject({ _tag: "ConnectionClosed", code: 1008 })
  }))

test("a match that throws costs its own request", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const broken = yield* fork(
      Effect.exit(
        chat.request(ask(1), {
          match: () => {
            throw new Error("no match for you")
          },
        }),
      ),
    )
    const sound = yield* fork(chat.request(ask(2), { match: answers(2) }))
    link.send(answer(2))
    expect(Exit.hasDies(yield* Fiber.join(broken))).toBe(true)
    expect((yield* Fiber.join(sound)).id).toBe(2)
  }))

test("an interrupted request is neither answered nor sent again", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const options = { match: (message: Message) => message._tag === "Answer", retry: true } as const
    const first = yield* fork(chat.request(ask(1), options))
    const second = yield* fork(chat.request(ask(2), options))
    yield* Fiber.interrupt(first)
    link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    expect(heard(next)).toEqual([2])
    next.send(answer(2))
    yield* Fiber.join(second)
  }))

test("a request can send the next one in the turn of its answer", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const step = (
      id: number,
    ): Effect.Effect<
      typeof Answer.Type,
      WsClient.SendError | WsClient.RequestTimeout | WsClient.ConnectionLost
    > =>
      Effect.flatMap(chat.request(ask(id), { match: answers(id) }), (reply) =>
        id === 3 ? Effect.succeed(reply) : step(id + 1),
      )
    const chain = yield* fork(step(1))
    for (const id of [1, 2, 3]) {
      link.send(answer(id))
      yield* Effect.yieldNow
    }
    expect((yield* Fiber.join(chain)).id).toBe(3)
  }))
