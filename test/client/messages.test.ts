/** Messages that arrive, and their subscribers. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { client, fork, opened, said, test, turn } from "./chat.ts"

/** The texts of so many messages. */
const texts = <E>(messages: Stream.Stream<{ readonly text: string }, E>, count: number) =>
  messages.pipe(
    Stream.take(count),
    Stream.map(({ text }) => text),
    Stream.runCollect,
  )

test("every subscriber gets a message decoded", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const readers = [yield* fork(texts(chat.messages, 2)), yield* fork(texts(chat.messages, 2))]
    link.send(said("a"))
    link.send(said("b"))
    for (const reader of readers) expect(yield* Fiber.join(reader)).toEqual(["a", "b"])
  }))

test("messages that arrive before anybody has subscribed wait for the first subscriber alone", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    link.send(said("welcome"))
    expect(yield* texts(chat.messages, 1)).toEqual(["welcome"])
    const second = yield* fork(texts(chat.messages, 1))
    link.send(said("later"))
    expect(yield* Fiber.join(second)).toEqual(["later"])
  }))

test("of the messages that arrive before anybody has subscribed, the last bufferSize are kept", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ bufferSize: 2 })
    const problem = yield* fork(Stream.runCollect(Stream.take(chat.problems, 1)))
    for (const text of ["a", "b", "c"]) {
      link.send(said(text))
      yield* turn
    }
    expect(yield* texts(chat.messages, 2)).toEqual(["b", "c"])
    expect(yield* Fiber.join(problem)).toMatchObject([{ _tag: "MessagesLost", count: 1 }])
  }))

test("messages go on over a restart of the server", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const reader = yield* fork(texts(chat.messages, 2))
    link.send(said("a"))
    link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    next.send(said("b"))
    expect(yield* Fiber.join(reader)).toEqual(["a", "b"])
  }))

test("decodeErrors emits a frame that does not decode, and the connection goes on", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const errors = yield* fork(Stream.runCollect(Stream.take(chat.decodeErrors, 3)))
    const reader = yield* fork(texts(chat.messages, 1))
    link.send("{oops")
    link.send('{"_tag":"Unknown"}')
    link.send(Uint8Array.of(0))
    link.send(said("a"))
    expect((yield* Fiber.join(errors)).map(({ _tag, frame }) => [_tag, frame])).toEqual([
      ["DecodeError", "{oops"],
      ["DecodeError", '{"_tag":"Unknown"}'],
      ["DecodeError", expect.any(ArrayBuffer)],
    ])
    expect(yield* Fiber.join(reader)).toEqual(["a"])
  }))

/** A codec that takes as many milliseconds as the message says, and dies at 13. */
const Slow = Schema.Number.pipe(
  Schema.decodeTo(Schema.Number, {
    decode: SchemaGetter.transformEffect((ms: number) => {
      if (ms === 13) throw new Error("13")
      return Effect.as(Effect.sleep(ms), ms)
    }),
    encode: SchemaGetter.passthrough(),
  }),
)

const slow = (options?: WsClient.Buffering) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const timer = yield* WsClient.make({
      url: "wss://slow.test/",
      outgoing: Schema.String,
      incoming: Slow,
      ...options,
    })
    const link = yield* peer.nextLink
    link.accept()
    return { link, timer }
  })

test("messages whose schema needs time are emitted in the order of their frames, before the end", () =>
  Effect.gen(function* () {
    const { link, timer } = yield* slow()
    const reader = yield* fork(Stream.runCollect(timer.messages))
    for (const ms of [300, 0, 100]) link.send(String(ms))
    link.hangUp(1000)
    yield* TestClock.adjust(400)
    expect(yield* Fiber.join(reader)).toEqual([300, 0, 100])
  }))

for (const code of [1000, 1012])
  test(`the end of the scope ends what waits for a slow schema, also after a close with ${code}`, () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { link, timer } = yield* Scope.provide(slow(), scope)
      const reader = yield* fork(Stream.runCollect(timer.messages))
      const request = yield* fork(Effect.flip(timer.request("1", { match: () => true, timeout: Infinity })))
      link.send("1000")
      link.hangUp(code)
      yield* Scope.close(scope, Exit.void)
      yield* Effect.yieldNow
      expect(yield* Fiber.join(request)).toBeInstanceOf(WsClient.ConnectionClosed)
      expect(yield* Fiber.join(reader)).toEqual([])
    }))

test("a schema that throws costs its own frame", () =>
  Effect.gen(function* () {
    const { link, timer } = yield* slow()
    for (const ms of [13, 0]) link.send(String(ms))
    expect(yield* Stream.runCollect(Stream.take(timer.messages, 1))).toEqual([0])
    expect(yield* Stream.runCollect(Stream.take(timer.decodeErrors, 1))).toMatchObject([{ frame: "13" }])
  }))

test("frames that arrive faster than they are decoded are dropped past bufferSize, each with a decode error", () =>
  Effect.gen(function* () {
    const { link, timer } = yield* slow({ bufferSize: 2 })
    for (let n = 0; n < 3; n++) link.send("100")
    yield* turn
    for (let n = 0; n < 2; n++) link.send("100")
    const dropped = yield* Stream.runCollect(Stream.take(timer.decodeErrors, 2))
    expect(dropped.map(({ message }) => message)).toEqual(
      Array(2).fill("a frame was dropped: 2 others wait to be decoded (bufferSize)"),
    )
    const reader = yield* fork(Stream.runCollect(Stream.take(timer.messages, 3)))
    yield* TestClock.adjust(300)
    expect(yield* Fiber.join(reader)).toEqual([100, 100, 100])
  }))

/** A subscriber that has taken one message and is busy with it. */
const busy = <E>(messages: Stream.Stream<{ readonly text: string }, E>) => {
  const seen: Array<string> = []
  return Effect.map(
    fork(
      Effect.exit(
        Stream.runForEach(messages, ({ text }) =>
          Effect.andThen(
            Effect.sync(() => seen.push(text)),
            Effect.sleep("1 second"),
          ),
        ),
      ),
    ),
    (fiber) => ({ fiber, seen }),
  )
}

test("a subscriber that falls behind gets what is in its buffer, and then fails with BufferOverflow", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ bufferSize: 2 })
    const { fiber, seen } = yield* busy(chat.messages)
    const other = yield* fork(texts(chat.messages, 4))
    for (const text of ["a", "b", "c", "d"]) {
      link.send(said(text))
      yield* turn
    }
    yield* TestClock.adjust("1 minute")
    expect(seen).toEqual(["a", "b", "c"])
    expect(yield* Fiber.join(fiber)).toMatchObject({
      cause: { reasons: [{ error: { _tag: "BufferOverflow", bufferSize: 2 } }] },
    })
    expect(yield* Fiber.join(other)).toEqual(["a", "b", "c", "d"])
  }))

for (const overflow of ["fail", "drop-oldest", "drop-newest"] as const)
  test(`with ${overflow}, a burst within one turn is no overflow: consumers have had no turn to read it`, () =>
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ bufferSize: 100, overflow })
      const idle = yield* fork(texts(chat.messages, 500))
      for (let n = 0; n < 500; n++) link.send(said(`${n}`))
      expect((yield* Fiber.join(idle)).length).toBe(500)
      const again = yield* fork(texts(chat.messages, 500))
      for (let n = 0; n < 500; n++) link.send(said(`${n}`))
      expect((yield* Fiber.join(again)).at(-1)).toBe("499")
    }))

test("a burst before anybody has subscribed waits for the first subscriber", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    for (let n = 0; n < 5000; n++) link.send(said(`${n}`))
    for (let n = 0; n < 10; n++) yield* turn
    expect((yield* texts(chat.messages, 5000)).length).toBe(5000)
  }))

test("a burst is decoded by a schema that needs time", () =>
  Effect.gen(function* () {
    const { link, timer } = yield* slow()
    const reader = yield* fork(Stream.runCollect(Stream.take(timer.messages, 5000)))
    for (let n = 0; n < 5000; n++) link.send("0")
    yield* TestClock.adjust(1)
    expect((yield* Fiber.join(reader)).length).toBe(5000)
  }))

test("what is lost in one turn is one problem with its count", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ bufferSize: 2 })
    const problem = yield* fork(Stream.runCollect(Stream.take(chat.problems, 1)))
    for (let n = 0; n < 10; n++) link.send(said(`${n}`))
    yield* turn
    link.send(said("last"))
    expect(yield* texts(chat.messages, 2)).toEqual(["9", "last"])
    expect(yield* Fiber.join(problem)).toMatchObject([
      {
        count: 9,
        message: "9 messages were lost: the buffer of a subscriber was full (bufferSize, overflow)",
      },
    ])
  }))

for (const [overflow, expected] of [
  ["drop-oldest", ["a", "c", "d"]],
  ["drop-newest", ["a", "b", "c"]],
] as const)
  test(`with ${overflow}, a subscriber that falls behind sees ${expected} of a, b, c, d`, () =>
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ bufferSize: 2, overflow })
      const { seen } = yield* busy(chat.messages)
      const problem = yield* fork(Stream.runCollect(Stream.take(chat.problems, 1)))
      for (const text of ["a", "b", "c", "d"]) {
        link.send(said(text))
        yield* turn
      }
      yield* TestClock.adjust("1 minute")
      expect(seen).toEqual(expected)
      expect(yield* Fiber.join(problem)).toMatchObject([{ _tag: "MessagesLost", count: 1 }])
    }))

for (const overflow of ["fail", "drop-newest"] as const)
  test(`with ${overflow}, a subscriber whose buffer was full for a turn, and which has read it, gets what comes next`, () =>
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ bufferSize: 1, overflow })
      const iterator = Stream.toAsyncIterable(chat.messages)[Symbol.asyncIterator]()
      const seen: Array<string> = []
      for (const text of ["a", "b", "c"]) {
        const next = iterator.next()
        link.send(said(text))
        const { value } = yield* Effect.promise(() => next)
        seen.push(value.text)
        link.send(said(text.toUpperCase()))
        yield* turn
        const { value: buffered } = yield* Effect.promise(() => iterator.next())
        seen.push(buffered.text)
      }
      expect(seen.join("")).toBe("aAbBcC")
    }))

test("messages end when this side closes the connection, after those that had arrived", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened()
    const reader = yield* fork(Stream.runCollect(chat.messages))
    link.send(said("a"))
    yield* chat.close()
    expect(yield* Fiber.join(reader)).toHaveLength(1)
  }))

test("messages end when the peer closes with 1000, and fail when it closes for good otherwise", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    const first = yield* fork(Stream.runCollect(chat.messages))
    link.hangUp(1000)
    expect(yield* Fiber.join(first)).toEqual([])
    yield* chat.reconnect
    const next = yield* peer.nextLink
    next.accept()
    const second = yield* fork(Effect.flip(Stream.runCollect(chat.messages)))
    next.hangUp(4401, "who are you?")
    expect(yield* Fiber.join(second)).toMatchObject({
      _tag: "ConnectionClosed",
      code: 4401,
      message: "the connection ended with code 4401 (who are you?) and is not retried",
    })
  }))

test("messages fail when the retries are exhausted", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    peer.answer = "refuse"
    const chat = yield* client({ reconnectMaxAttempts: 1 })
    const reader = yield* fork(Effect.flip(Stream.runCollect(chat.messages)))
    yield* TestClock.adjust("1 minute")
    expect((yield* Fiber.join(reader))._tag).toBe("RetriesExhausted")
  }))

test("a subscriber of a connection that is over ends at once, and gets messages when it begins again", () =>
  Effect.gen(function* () {
    const { chat, link, peer } = yield* opened()
    link.hangUp(1008)
    expect((yield* Effect.flip(Stream.runCollect(chat.messages)))._tag).toBe("ConnectionClosed")
    yield* chat.reconnect
    const reader = yield* fork(texts(chat.messages, 1))
    const next = yield* peer.nextLink
    next.accept()
    next.send(said("again"))
    expect(yield* Fiber.join(reader)).toEqual(["again"])
  }))

test("messages end with the scope of the client", () =>
  Effect.gen(function* () {
    const reader = yield* Effect.scoped(
      Effect.gen(function* () {
        const chat = yield* client()
        return yield* Effect.forkDetach(Stream.runCollect(chat.messages), { startImmediately: true })
      }),
    )
    expect(yield* Fiber.join(reader)).toEqual([])
  }))
