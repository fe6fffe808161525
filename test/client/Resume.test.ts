/** Programs that resume: what they request, and how they learn of missing messages. */
import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { describe } from "vitest"
import { connect, Resume, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import golden from "../protocol/golden.json" with { type: "json" }
import { fork, test, turn } from "./chat.ts"

const Said = Schema.Struct({ id: Schema.optional(Schema.String), text: Schema.String })
const said = (text: string, id?: unknown) => JSON.stringify({ text, id })
const resync = (id: string, isNeeded = true) => JSON.stringify({ "HX-Resync": isNeeded, id })

const opened = <U extends WsClient.Options["url"] = string>(
  options: Resume.Options<typeof Said.Type> = {},
  more: Omit<Partial<WsClient.Options>, "url"> & { url?: U } = {},
) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const resume = Resume.make(options)
    const chat = yield* WsClient.make({
      ...more,
      url: more.url ?? "wss://chat.test/room?a=%20b",
      outgoing: Schema.Json,
      incoming: Said,
      resume,
    })
    const link = yield* peer.nextLink
    link.accept()
    const texts: Array<string> = []
    yield* Effect.forkScoped(
      Stream.runForEach(chat.messages, ({ text }) => Effect.sync(() => texts.push(text))),
    )
    const problems: Array<WsClient.Problem> = []
    yield* Effect.forkScoped(
      Stream.runForEach(chat.problems, (problem) => Effect.sync(() => problems.push(problem))),
    )
    return { chat, link, peer, problems, resume, texts }
  })

/** The next connection, after the one before was lost. */
const redialled = (peer: TestPeer.Peer) =>
  Effect.gen(function* () {
    yield* TestClock.adjust("1 second")
    const link = yield* peer.nextLink
    link.accept()
    yield* settle
    return link
  })

const settle = Effect.gen(function* () {
  for (let count = 0; count < 10; count++) yield* turn
})

const asked = ({ url }: TestPeer.Link) => new URL(url).searchParams.get("last-id")

describe("a dial says the id of the last message", () => {
  test("that was decoded, and keeps the rest of the URL as it is", () =>
    Effect.gen(function* () {
      const { link, peer, resume, texts } = yield* opened()
      expect(link.url).toBe("wss://chat.test/room?a=%20b")
      link.send(said("a", "7f-1"))
      link.send(said("b", "7f-2"))
      link.send(said("without an id"))
      link.hangUp(1012)
      expect((yield* redialled(peer)).url).toBe("wss://chat.test/room?a=%20b&last-id=7f-2")
      expect([resume.cursor, texts]).toEqual(["7f-2", ["a", "b", "without an id"]])
    }))

  test("and not of one that the schema rejects", () =>
    Effect.gen(function* () {
      const { link, peer } = yield* opened()
      link.send(said("a", "7f-1"))
      link.send('{"id":"7f-2"}')
      link.hangUp(1012)
      expect(asked(yield* redialled(peer))).toBe("7f-1")
    }))

  test("that a run before has handled, as the first dial of a run after it", () =>
    Effect.gen(function* () {
      const { link, resume } = yield* opened({ cursor: "7f-41" })
      expect([asked(link), resume.cursor]).toEqual(["7f-41", "7f-41"])
    }))

  test("by the parameter that is set, in place of one of that name", () =>
    Effect.gen(function* () {
      const { link } = yield* opened(
        { cursor: "7f-41", param: "since" },
        { url: "wss://chat.test/?since=old&a=b" },
      )
      expect(link.url).toBe("wss://chat.test/?a=b&since=7f-41")
    }))

  test("also if the URL is made anew for each dial", () =>
    Effect.gen(function* () {
      let count = 0
      const url = Effect.sync(() => `wss://chat.test/?token=${++count}`)
      const { link, peer } = yield* opened({}, { url })
      link.send(said("a", "7f-1"))
      link.hangUp(1012)
      expect((yield* redialled(peer)).url).toBe("wss://chat.test/?token=2&last-id=7f-1")
    }))

  test("when the schema has taken its time for all that came before", () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const Slow = Said.pipe(
        Schema.decodeTo(Said, {
          decode: SchemaGetter.transformEffect((value) => Effect.as(Effect.sleep("10 seconds"), value)),
          encode: SchemaGetter.passthrough(),
        }),
      )
      yield* WsClient.make({
        url: "wss://chat.test/",
        outgoing: Schema.Json,
        incoming: Slow,
        resume: Resume.make(),
      })
      const link = yield* peer.nextLink
      link.accept()
      link.send(said("a", "7f-1"))
      link.hangUp(1012)
      yield* TestClock.adjust("9 seconds")
      expect(peer.links).toHaveLength(1)
      expect(asked(yield* redialled(peer))).toBe("7f-1")
    }))

  test("of a wire of another kind, by a function", () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      yield* WsClient.make({
        url: "wss://chat.test/",
        outgoing: Schema.Json,
        incoming: Schema.Tuple([Schema.Int, Schema.String]),
        resume: Resume.make({ idOf: ([number]: readonly [number, string]) => `log-${number}` }),
      })
      const link = yield* peer.nextLink
      link.accept()
      link.send('[42,"hello"]')
      link.hangUp(1012)
      expect(asked(yield* redialled(peer))).toBe("log-42")
    }))

  test("of JSON in a binary frame", () =>
    Effect.gen(function* () {
      const { link, peer } = yield* opened()
      link.send(new TextEncoder().encode(said("a", "7f-1")))
      link.hangUp(1012)
      expect(asked(yield* redialled(peer))).toBe("7f-1")
    }))

  test("of a program without Effect", () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const resume = Resume.make({ cursor: "7f-1" })
      const chat = connect("wss://chat.test/", { resume, webSocket: (request) => peer.construct(request) })
      const link = yield* peer.nextLink
      link.accept()
      expect(asked(link)).toBe("7f-1")
      link.send('{"HX-Trigger":"unread","id":"7f-2"}')
      yield* Effect.promise(() => chat.messages[Symbol.asyncIterator]().next())
      expect(resume.cursor).toBe("7f-2")
      yield* Effect.promise(() => chat.close())
    }))

  test("where the golden cases say that a frame of the server has one", () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const found: Array<unknown> = []
      // A program has JSON of its own: there is no page whose data it might be.
      for (const { frame, id } of golden.ids.filter(({ frame }) => !frame.startsWith('{"type"'))) {
        const resume = Resume.make()
        const chat = yield* WsClient.make({
          url: "wss://chat.test/",
          format: "raw",
          outgoing: Schema.String,
          incoming: Schema.String,
          resume,
        })
        const link = yield* peer.nextLink
        link.accept()
        link.send(frame)
        expect(yield* Stream.runCollect(Stream.take(chat.messages, 1))).toEqual([frame])
        found.push([frame, resume.cursor ?? null, id])
      }
      for (const [frame, cursor, id] of found as ReadonlyArray<[string, unknown, unknown]>)
        expect([frame, cursor]).toEqual([frame, id])
    }))

  test("as the golden cases say that it is dialled", () =>
    Effect.gen(function* () {
      for (const { dialled, id, url } of golden.dials) {
        const { link } = yield* opened({ cursor: id || undefined }, { url: `wss://chat.test${url}` })
        expect(link.url).toBe(`wss://chat.test${dialled}`)
      }
    }))
})

describe("a server that no longer has what was missed", () => {
  test("leads to a problem, and to nothing that the schema would see", () =>
    Effect.gen(function* () {
      const { chat, link, peer, problems, resume, texts } = yield* opened({ cursor: "7f-1" })
      const errors = yield* fork(Stream.runCollect(chat.decodeErrors))
      link.send(resync("8a-9"))
      link.send(said("a"))
      yield* settle
      expect(problems).toMatchObject([{ _tag: "Gap", id: "8a-9", cause: undefined }])
      expect([resume.cursor, texts]).toEqual(["7f-1", ["a"]])
      link.hangUp(1012)
      expect(asked(yield* redialled(peer))).toBe("7f-1")
      yield* chat.close()
      yield* Fiber.interrupt(errors)
    }))

  test("has the state loaded, for which the messages that follow wait", () =>
    Effect.gen(function* () {
      const loading = Deferred.makeUnsafe<void>()
      const gaps: Array<unknown> = []
      const { link, peer, problems, resume, texts } = yield* opened({
        cursor: "7f-1",
        onGap: (gap) => {
          gaps.push(gap)
          return Deferred.await(loading)
        },
      })
      link.send(resync("8a-9"))
      link.send(said("a", "8a-10"))
      yield* settle
      expect([gaps, resume.cursor, texts]).toEqual([[{ id: "8a-9" }], undefined, []])
      Deferred.doneUnsafe(loading, Effect.void)
      yield* settle
      expect([resume.cursor, texts, problems]).toEqual(["8a-10", ["a"], []])
      link.hangUp(1012)
      expect(asked(yield* redialled(peer))).toBe("8a-10")
    }))

  test("is asked for what came behind the state that was loaded, if that is a newer one", () =>
    Effect.gen(function* () {
      const { link, peer, texts } = yield* opened({ onGap: async () => "8a-11" })
      link.send(resync("8a-9"))
      link.send(said("loaded", "8a-10"))
      link.send(said("loaded", "8a-11"))
      link.send(said("a", "8a-12"))
      yield* settle
      const next = yield* redialled(peer)
      expect(asked(next)).toBe("8a-11")
      next.send(said("a", "8a-12"))
      yield* settle
      expect(texts).toEqual(["a"])
    }))

  test("is asked for everything again if the state could not be loaded", () =>
    Effect.gen(function* () {
      let count = 0
      const { link, peer, problems, resume, texts } = yield* opened({
        cursor: "7f-1",
        onGap: () => (++count === 1 ? Effect.fail(new Error("no route")) : Effect.succeed("8a-12")),
      })
      link.send(resync("8a-9"))
      link.send(said("a", "8a-10"))
      yield* settle
      expect(problems).toMatchObject([{ _tag: "Gap", id: "8a-9", cause: { message: "no route" } }])
      expect([resume.cursor, texts]).toEqual([undefined, ["a"]])
      link.hangUp(1012)
      const next = yield* redialled(peer)
      expect(asked(next)).toBe(null)
      next.send(resync("8a-12"))
      yield* settle
      expect([count, resume.cursor]).toEqual([2, "8a-12"])
    }))

  test("says when it has sent everything, which moves the cursor and is no message", () =>
    Effect.gen(function* () {
      const { link, problems, resume, texts } = yield* opened()
      link.send(resync("7f-57", false))
      yield* settle
      expect([resume.cursor, texts, problems]).toEqual(["7f-57", [], []])
    }))

  test("does not open again what the program has closed while it loads the state", () =>
    Effect.gen(function* () {
      const loading = Deferred.makeUnsafe<string>()
      const { chat, link, peer } = yield* opened({ onGap: () => Deferred.await(loading) })
      link.send(resync("8a-9"))
      yield* settle
      yield* fork(chat.close())
      Deferred.doneUnsafe(loading, Effect.succeed("8a-10"))
      yield* TestClock.adjust("1 minute")
      expect([chat.state._tag, peer.links.length]).toEqual(["Closed", 1])
    }))
})

test("a frame for which there was no room is asked for again", () =>
  Effect.gen(function* () {
    const loading = Deferred.makeUnsafe<void>()
    const { link, peer, texts } = yield* opened({ onGap: () => Deferred.await(loading) }, { bufferSize: 2 })
    link.send(resync("8a-9"))
    for (const number of [10, 11, 12, 13]) {
      link.send(said(`${number}`, `8a-${number}`))
      yield* settle
    }
    Deferred.doneUnsafe(loading, Effect.void)
    const next = yield* redialled(peer)
    expect([asked(next), texts]).toEqual(["8a-11", ["10", "11"]])
  }))

test("an id that cannot be one is a problem, and counts as none", () =>
  Effect.gen(function* () {
    const { link, problems, resume, texts } = yield* opened()
    link.send(said("a", "7f-1"))
    link.send(said("b", "7f 2"))
    link.send(said("c", "x".repeat(129)))
    yield* settle
    expect(problems).toMatchObject([
      { _tag: "InvalidId", id: "7f 2" },
      { _tag: "InvalidId", id: "x".repeat(129) },
    ])
    expect([resume.cursor, texts]).toEqual(["7f-1", ["a", "b", "c"]])
  }))
