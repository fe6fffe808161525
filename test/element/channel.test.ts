/** The client of an element that is typed by a channel. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { Chat } from "../server/kit.ts"
import { fork, onAll, turn } from "./kit.ts"

onAll("a program sends what the server reads, and hears its signals, which the page gets as well", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.fromElement(stage.element, Chat)
    const received: Array<unknown> = []
    stage.on("received", () => received.push("frame"))
    const unread = yield* fork(Stream.runCollect(Stream.take(chat.signal("unread"), 2)))
    const at = yield* fork(Stream.runHead(chat.signal("at")))
    stage.socket.open()
    yield* chat.send({ text: "hello" })
    expect(stage.socket.sent).toEqual(['{"text":"hello"}'])
    stage.socket.message('{"HX-Trigger":{"unread":{"n":1}},"id":"lobby:e-1"}')
    stage.socket.message('{"HX-Trigger":{"at":"1970-01-01T00:00:00.000Z","unread":{"n":2}}}')
    yield* turn
    expect(yield* Fiber.join(unread)).toEqual([{ n: 1 }, { n: 2 }])
    expect(yield* Fiber.join(at)).toMatchObject({ value: new Date(0) })
    expect(received).toHaveLength(2)
  }),
)

onAll("a signal that does not fit is reported, and other frames are not", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.fromElement(stage.element, Chat, { bufferSize: 4 })
    const errors = yield* fork(Stream.runCollect(Stream.take(chat.decodeErrors, 1)))
    stage.socket.open()
    for (const frame of [
      '{"HX-Trigger":"unread"}',
      '{"HX-Trigger":{"other":1}}',
      '{"HX-Resync":false,"id":"lobby:e-1"}',
      '{"HX-Ack":"m1"}',
      "<p>unread</p>",
      '{"HX-Trigger":{"unread":{"n":"many"}}}',
    ])
      stage.socket.message(frame)
    yield* turn
    expect((yield* Fiber.join(errors)).map(({ frame }) => frame)).toEqual([
      '{"HX-Trigger":{"unread":{"n":"many"}}}',
    ])
  }),
)
