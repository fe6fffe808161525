/** The typed client: messages out, messages in, and where it stands. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestPeer } from "../../src/testing/index.ts"
import { client, heard, opened, say, test } from "./chat.ts"

test("a message is written in the turn of send where the socket is open", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    yield* chat.send(say("hello"))
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
    const sending = yield* Effect.forkChild(chat.send(say("hello")), { startImmediately: true })
    expect(sending.pollUnsafe()).toBeUndefined()
    const link = yield* peer.nextLink
    link.accept()
    yield* Fiber.join(sending)
    expect(heard(link)).toEqual(["hello"])
  }))
