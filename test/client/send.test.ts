/** Messages that are sent: each has one outcome. */
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
import { client, fork, heard, opened, said, say, test } from "./chat.ts"

test("a message is written in the turn of send if the socket is open", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    Effect.runFork(chat.send(say("hello")))
    expect(link.received).toEqual(['{"_tag":"Say","text":"hello"}'])
  }))

test("a message is encoded by its schema: a Date goes as a string", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    yield* chat.send({ _tag: "Say", text: "now", at: new Date(0) })
    expect(link.received).toEqual(['{"_tag":"Say","text":"now","at":"1970-01-01T00:00:00.000Z"}'])
  }))

test("a message that is sent before the connection is open waits, and send succeeds when it is written", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client()
    const sending = yield* fork(chat.send(say("hello")))
    expect(sending.pollUnsafe()).toBeUndefined()
    const link = yield* peer.nextLink
    link.accept()
    yield* Fiber.join(sending)
    expect(heard(link)).toEqual(["hello"])
  }))

test("a message that is sent while the connection is down goes out on the next one, once and in order", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    yield* chat.send(say("a"))
    link.hangUp(1012)
    const sending = yield* fork(Effect.all([chat.send(say("b")), chat.send(say("c"))]))
    chat.sendUnsafe(say("d"))
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    yield* Fiber.join(sending)
    expect([heard(link), heard(next)]).toEqual([["a"], ["b", "d", "c"]])
  }))

test("a message that its schema rejects fails with EncodeError and is not sent", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const wrong = { _tag: "Say", text: 7 } as unknown as ReturnType<typeof say>
    const error = yield* Effect.flip(chat.send(wrong))
    expect(error).toBeInstanceOf(WsClient.EncodeError)
    expect(error.message).toMatch(/^could not encode a message: Expected string.*at \["text"\]/s)
    expect(() => chat.sendUnsafe(wrong)).toThrow(WsClient.EncodeError)
    expect(link.received).toEqual([])
  }))

test("a message for which there is no room fails with OutboxFull", () =>
  Effect.gen(function* () {
    const chat = yield* client({ queueCapacity: 1 })
    const waiting = yield* fork(chat.send(say("a")))
    const error = yield* Effect.flip(chat.send(say("b")))
    expect([error._tag, waiting.pollUnsafe()]).toEqual(["OutboxFull", undefined])
  }))

test("with drop-oldest, the message that has waited longest fails with OutboxFull", () =>
  Effect.gen(function* () {
    const chat = yield* client({ queueCapacity: 1, queueOverflow: "drop-oldest" })
    const oldest = yield* fork(Effect.flip(chat.send(say("a"))))
    const newest = yield* fork(chat.send(say("b")))
    expect((yield* Fiber.join(oldest))._tag).toBe("OutboxFull")
    expect(newest.pollUnsafe()).toBeUndefined()
  }))

test("a message that has waited too long fails with MessageExpired", () =>
  Effect.gen(function* () {
    const chat = yield* client({ queueTtl: "3 seconds", connectTimeout: "1 hour" })
    const sending = yield* fork(Effect.flip(chat.send(say("a"))))
    yield* TestClock.adjust("3 seconds")
    expect((yield* Fiber.join(sending))._tag).toBe("MessageExpired")
  }))

test("messages that wait when the connection is closed for good fail with ConnectionClosed, and so do later ones", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    link.hangUp(1008, "not you")
    const later = yield* Effect.flip(chat.send(say("a")))
    expect(later).toMatchObject({ _tag: "ConnectionClosed", closedBy: "peer", code: 1008, reason: "not you" })

    yield* chat.reconnect
    const waiting = yield* fork(Effect.flip(chat.send(say("b"))))
    yield* chat.close()
    expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "ConnectionClosed", closedBy: "this side" })
  }))

test("what waits when the retries are exhausted fails with RetriesExhausted", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    peer.answer = "refuse"
    const chat = yield* client({ reconnectMaxAttempts: 2 })
    const sending = yield* fork(Effect.flip(chat.send(say("a"))))
    yield* TestClock.adjust("1 minute")
    expect(yield* Fiber.join(sending)).toMatchObject({ _tag: "RetriesExhausted", attempts: 2, code: 1006 })
    expect((yield* Effect.flip(chat.send(say("b"))))._tag).toBe("RetriesExhausted")
  }))

test("reconnect begins again after a message has failed with the end of the connection", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    link.startHangingUp(1008)
    const sending = yield* fork(
      Effect.catchTag(chat.send(say("a")), "ConnectionClosed", () =>
        Effect.andThen(chat.reconnect, chat.send(say("b"))),
      ),
    )
    link.hangUp(1008)
    const next = yield* peer.nextLink
    next.accept()
    yield* Fiber.join(sending)
    expect(heard(next)).toEqual(["b"])
    const reader = yield* fork(Stream.runCollect(Stream.take(chat.messages, 1)))
    next.send(said("hello"))
    expect(yield* Fiber.join(reader)).toMatchObject([{ text: "hello" }])
  }))

test("while the connection is being closed, send fails and writes nothing", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    link.stall()
    yield* fork(chat.close())
    expect((yield* Effect.flip(chat.send(say("a"))))._tag).toBe("ConnectionClosed")
    expect(link.unread).toEqual([])
  }))

test("interrupting send removes a message that was not written from the queue", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client()
    const first = yield* fork(chat.send(say("a")))
    chat.sendUnsafe(say("b"))
    yield* Fiber.interrupt(first)
    const link = yield* peer.nextLink
    link.accept()
    expect(heard(link)).toEqual(["b"])
  }))

test("interrupting send leaves a message that was written", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const sent = yield* fork(Effect.andThen(chat.send(say("a")), Effect.never))
    yield* Fiber.interrupt(sent)
    expect(heard(link)).toEqual(["a"])
  }))

test("problems emits the loss of a message of sendUnsafe", () =>
  Effect.gen(function* () {
    const chat = yield* client({ queueCapacity: 0 })
    chat.sendUnsafe(say("a"))
    const problems = yield* Stream.runCollect(Stream.take(chat.problems, 1))
    expect(problems).toMatchObject([{ _tag: "OutboxFull", value: say("a") }])
  }))

test("a message that cannot be written twice fails with MessageRefused, and does not hold up the others", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const send = link.socket.send.bind(link.socket)
    link.socket.send = (data) => {
      if (String(data).includes("poison")) throw new Error("too strong")
      send(data)
    }
    const poison = yield* fork(Effect.flip(chat.send(say("poison"))))
    yield* chat.send(say("b"))
    expect((yield* Fiber.join(poison))._tag).toBe("MessageRefused")
    expect(heard(link)).toEqual(["b"])
  }))

test("a schema may need time to encode; sendUnsafe refuses such a message, and leaves nothing at work", () =>
  Effect.gen(function* () {
    let encoded = 0
    const Slow = Schema.String.pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.passthrough(),
        encode: SchemaGetter.transformEffect((text: string) =>
          Effect.map(Effect.sleep("1 second"), () => {
            encoded++
            return text
          }),
        ),
      }),
    )
    const peer = yield* TestPeer.TestPeer
    const chat = yield* WsClient.make({ url: "wss://chat.test/", outgoing: Slow, incoming: Schema.Never })
    const link = yield* peer.nextLink
    link.accept()
    const sending = yield* fork(chat.send("slow"))
    expect(link.received).toEqual([])
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(sending)
    expect(link.received).toEqual(['"slow"'])
    expect(() => chat.sendUnsafe("slow")).toThrow(WsClient.EncodeError)
    yield* TestClock.adjust("1 second")
    expect(encoded).toBe(1)
  }))

test("with format raw, the encoded side of the schema is the frame: text or bytes, both ways", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* WsClient.make({
      url: "wss://chat.test/",
      format: "raw",
      outgoing: Schema.Union([Schema.String, Schema.Uint8Array]),
      incoming: Schema.Union([Schema.String, Schema.Uint8Array]),
    })
    const link = yield* peer.nextLink
    link.accept()
    yield* chat.send("text")
    yield* chat.send(Uint8Array.of(1, 2))
    expect(link.received).toEqual(["text", Uint8Array.of(1, 2)])
    link.send("back")
    link.send(Uint8Array.of(3, 4))
    expect(yield* Stream.runCollect(Stream.take(chat.messages, 2))).toEqual(["back", Uint8Array.of(3, 4)])
  }))

test("closing the scope closes the connection, and fails messages that wait and those that are sent later", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const { chat, waiting } = yield* Effect.scoped(
      Effect.gen(function* () {
        const chat = yield* client()
        const waiting = yield* Effect.forkDetach(Effect.flip(chat.send(say("a"))), {
          startImmediately: true,
        })
        return { chat, waiting }
      }),
    )
    expect((yield* Fiber.join(waiting))._tag).toBe("ConnectionClosed")
    expect((yield* Effect.flip(chat.send(say("b"))))._tag).toBe("ConnectionClosed")
    expect(Exit.isFailure(yield* Effect.exit(chat.awaitOpen))).toBe(true)
    yield* chat.reconnect
    peer.settle()
    expect([peer.links.length, peer.live, peer.listeners]).toEqual([1, 0, 0])
  }))
