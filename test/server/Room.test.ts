/** What pages get of a room, whenever they come and however slowly they read. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { expect } from "vitest"
import { html, Room, RoomLog } from "../../src/server/index.ts"
import * as TestPage from "../../src/server/TestPage.ts"
import golden from "../protocol/golden.json" with { type: "json" }
import { Chat, lobby, say, settle, shown, test } from "./kit.ts"

const id = (frame = "") => /^<!--id:(.*?)-->/.exec(frame)?.[1]

test("a page that comes without an id gets the whole state, and then what is added", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    yield* say(room, "one", "two")
    const page = yield* Room.test(room)
    yield* settle
    expect(page.frames).toEqual([
      `<!--id:${yield* room.id}--><div hx-swap-oob="innerHTML:#log"><li>one</li><li>two</li></div>`,
    ])
    yield* say(room, "three")
    yield* settle
    expect(page.frames[1]).toBe(
      `<!--id:${yield* room.id}--><div hx-swap-oob="beforeend:#log"><li>three</li></div>`,
    )
  }))

test("a page that comes back gets what it has missed, and is told that this is all", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    yield* say(room, 1, 2)
    const lastId = yield* room.id
    yield* say(room, 3, 4)
    const page = yield* Room.test(room, { lastId })
    yield* settle
    expect(shown(page.frames)).toBe("3 4")
    expect(JSON.parse(page.frames[2] ?? "")).toEqual({ "HX-Resync": false, id: yield* room.id })
    yield* say(room, 5)
    yield* settle
    expect(shown(page.frames)).toBe("3 4 5")
  }))

test("a page that has missed nothing gets nothing but that", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    yield* say(room, 1)
    const page = yield* Room.test(room, { lastId: yield* room.id })
    yield* settle
    expect(page.frames.map((frame) => JSON.parse(frame))).toEqual([
      { "HX-Resync": false, id: yield* room.id },
    ])
  }))

test("an empty room does not tell a page with an id that it has missed nothing", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const page = yield* Room.test(room, { lastId: "lobby:before-7" })
    yield* settle
    expect(page.frames).toEqual([`<!--id:${yield* room.id}--><div hx-swap-oob="innerHTML:#log"></div>`])
  }))

test("a room that has begun anew gives the state for ids of before, also if it has entries of these numbers", () =>
  Effect.gen(function* () {
    const before = yield* lobby()
    yield* say(before, 1, 2)
    const lastId = yield* before.id
    const after = yield* lobby()
    yield* say(after, "a", "b", "c")
    const page = yield* Room.test(after, { lastId })
    yield* settle
    expect(page.frames).toHaveLength(1)
    expect(page.frames[0]).toContain("innerHTML:#log")
    expect(shown(page.frames)).toBe("a b c")
  }))

for (const [missed, how] of [
  [3, "the entries"],
  [4, "the state"],
] as const)
  test(`of a log that keeps 3, a page that has missed ${missed} gets ${how}`, () =>
    Effect.gen(function* () {
      const room = yield* lobby({ keep: 3 })
      yield* say(room, 0)
      const lastId = yield* room.id
      for (let count = 1; count <= missed; count++) yield* say(room, count)
      const page = yield* Room.test(room, { lastId })
      yield* settle
      expect(page.frames[0]).toContain(missed === 3 ? "beforeend" : "innerHTML")
      expect(shown(page.frames)).toBe(missed === 3 ? "1 2 3" : "2 3 4")
    }))

test("an id from the future of the log, of another room, or of another form counts as none", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    yield* say(room, 1)
    const own = yield* room.id
    for (const lastId of [
      own.replace(/\d+$/, "99"),
      own.replace("lobby", "news"),
      "7f-41",
      "lobby:",
      "lobby:x-1e3",
    ]) {
      const page = yield* Room.test(room, { lastId })
      yield* settle
      expect(page.frames.map((frame) => frame.includes("innerHTML:#log"))).toEqual([true])
    }
  }))

test("without a snapshot pages are told to fetch the state, with the id of the newest entry", () =>
  Effect.gen(function* () {
    const room = yield* Room.make(Chat, { name: "lobby" })
    yield* say(room, 1)
    const page = yield* Room.test(room, { lastId: "lobby:before-1" })
    yield* settle
    expect(JSON.parse(page.frames[0] ?? "")).toEqual({ "HX-Resync": true, id: yield* room.id })
    yield* say(room, 2)
    yield* settle
    expect(shown(page.frames)).toBe("2")
  }))

test("nothing is lost or doubled that is added while a snapshot is made", () =>
  Effect.gen(function* () {
    const room = yield* Room.make(Chat, {
      name: "lobby",
      snapshot: ({ content }) => Effect.delay(Effect.succeed({ "#log": content("#log") }), "1 second"),
    })
    yield* say(room, 1)
    const page = yield* Room.test(room)
    yield* settle
    yield* say(room, 2, 3)
    yield* TestClock.adjust("1 second")
    yield* settle
    expect(shown(page.frames)).toBe("1 2 3")
    expect(page.frames.map(id)).toHaveLength(3)
  }))

test("a snapshot of state outside of the log waits for a change of it that is under way", () =>
  Effect.gen(function* () {
    const state: Array<string> = []
    const room = yield* Room.make(Chat, {
      name: "lobby",
      snapshot: () => Effect.sync(() => ({ "#log": html`${state.map((text) => html`<li>${text}</li>`)}` })),
    })
    const add = (text: string) =>
      room.change(
        Effect.gen(function* () {
          state.push(text)
          yield* Effect.sleep("1 second")
          yield* say(room, text)
        }),
      )
    yield* Effect.forkScoped(add("one"))
    yield* settle
    const page = yield* Room.test(room)
    yield* Effect.forkScoped(add("two"))
    yield* settle
    yield* TestClock.adjust("1 second")
    yield* settle
    yield* TestClock.adjust("1 second")
    yield* settle
    expect(shown(page.frames)).toBe("one two")
  }))

test("a snapshot that fails closes the page with 1011, which has it dial again, and is made anew then", () =>
  Effect.gen(function* () {
    let isBroken = true
    const room = yield* Room.make(Chat, {
      name: "lobby",
      snapshot: () => (isBroken ? Effect.fail("no database") : Effect.succeed({ "#log": html`<li>ok</li>` })),
    })
    const first = yield* Room.test(room)
    yield* settle
    expect(first.closed).toEqual({ code: 1011, reason: "" })
    isBroken = false
    const second = yield* Room.test(room)
    yield* settle
    expect(shown(second.frames)).toBe("ok")
  }))

test("pages that come at once share a snapshot, and one that comes after an entry gets another", () =>
  Effect.gen(function* () {
    let made = 0
    const room = yield* Room.make(Chat, {
      name: "lobby",
      snapshot: ({ content }) => {
        made++
        return { "#log": content("#log") }
      },
    })
    yield* say(room, 1)
    for (let count = 0; count < 20; count++) yield* Room.test(room)
    yield* settle
    expect(made).toBe(1)
    yield* say(room, 2)
    const last = yield* Room.test(room)
    yield* settle
    expect(made).toBe(2)
    expect(shown(last.frames)).toBe("1 2")
  }))

test("a page that reads slowly gets everything in order, from the log what does not fit into its queue", () =>
  Effect.gen(function* () {
    const room = yield* lobby({ keep: 100 })
    const page = yield* Room.test(room, { lastId: yield* room.id, capacity: 3 })
    yield* settle
    page.stall()
    const texts = Array.from({ length: 50 }, (_, index) => index)
    yield* say(room, ...texts)
    yield* settle
    expect(page.frames.length).toBeLessThan(5)
    page.flow()
    yield* settle
    yield* say(room, 50)
    yield* settle
    expect(shown(page.frames)).toBe([...texts, 50].join(" "))
    expect(page.closed).toBe(undefined)
  }))

test("a page that reads so slowly that the log has forgotten what it lacks gets the state", () =>
  Effect.gen(function* () {
    const room = yield* lobby({ keep: 10 })
    const page = yield* Room.test(room, { lastId: yield* room.id, capacity: 2 })
    yield* settle
    page.stall()
    yield* say(room, ...Array.from({ length: 50 }, (_, index) => index))
    page.flow()
    yield* settle
    expect(page.frames.filter((frame) => frame.includes("innerHTML"))).toHaveLength(1)
    expect(shown(page.frames)).toBe("40 41 42 43 44 45 46 47 48 49")
  }))

test("with `slow: close`, a page whose queue is full is closed with 1013, and resumes when it comes back", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const page = yield* Room.test(room, { lastId: yield* room.id, capacity: 2, slow: "close" })
    yield* settle
    page.stall()
    yield* say(room, 1, 2, 3, 4, 5)
    yield* settle
    expect(page.closed).toEqual({ code: 1013, reason: "too slow" })
    const again = yield* Room.test(room, { lastId: page.lastId, slow: "close" })
    yield* settle
    expect(shown([...page.frames, ...again.frames])).toBe("1 2 3 4 5")
  }))

test("with `slow: close`, a page that has missed more than fits into its queue is not closed for that", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const lastId = yield* room.id
    yield* say(room, 1, 2, 3, 4, 5)
    const page = yield* Room.test(room, { lastId, capacity: 2, slow: "close" })
    yield* settle
    expect(page.closed).toBe(undefined)
    expect(shown(page.frames)).toBe("1 2 3 4 5")
  }))

test("a page that reads nothing for as long as `patience` is closed with 1013", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const page = yield* Room.test(room, { lastId: yield* room.id, patience: "10 seconds" })
    yield* settle
    page.stall()
    yield* say(room, 1, 2)
    yield* settle
    yield* TestClock.adjust("9 seconds")
    yield* settle
    expect(page.closed).toBe(undefined)
    yield* TestClock.adjust("1 second")
    yield* settle
    expect(page.closed).toEqual({ code: 1013, reason: "too slow" })
  }))

test("a page in two rooms gets ids that name its place in both, and resumes in both", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const news = yield* lobby({ name: "news" })
    const page = yield* Room.test(room, { lastId: `${yield* room.id},${yield* news.id}` })
    yield* news.join(page.peer)
    yield* settle
    yield* say(room, "a1")
    yield* say(news, "b1")
    yield* settle
    expect(page.lastId).toBe(`${yield* room.id},${yield* news.id}`)
    yield* say(news, "b2")
    yield* say(room, "a2")
    const again = yield* Room.test(room, { lastId: page.lastId })
    yield* news.join(again.peer)
    yield* settle
    expect(again.frames.some((frame) => frame.includes("innerHTML"))).toBe(false)
    expect(shown(again.frames).split(" ").sort()).toEqual(["a2", "b2"])
    expect(again.lastId).toBe(`${yield* room.id},${yield* news.id}`)
  }))

test("an id that names a place in a room gives nothing of it to a page that has not joined it", () =>
  Effect.gen(function* () {
    const [room, news] = [yield* lobby(), yield* lobby({ name: "news" })]
    yield* say(news, "secret")
    const page = yield* Room.test(room, { lastId: `${yield* room.id},news:e-0` })
    yield* say(news, "secret")
    yield* say(room, "public")
    yield* settle
    expect(page.frames.join()).toContain("public")
    expect(page.frames.join()).not.toMatch(/secret|news/)
  }))

test("in two rooms, the id names no place in one of which the page has not got the state", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const news = yield* Room.make(Chat, {
      name: "news",
      snapshot: ({ content }) => Effect.delay(Effect.succeed({ "#log": content("#log") }), "1 second"),
    })
    yield* say(news, "b1")
    const page = yield* Room.test(news, { lastId: `${yield* room.id}` })
    yield* room.join(page.peer)
    yield* settle
    yield* TestClock.adjust("1 second")
    yield* settle
    yield* say(room, "a1")
    yield* settle
    expect(page.frames.map((frame) => frame.includes("news:") || frame.includes("lobby:"))).not.toContain(
      false,
    )
    expect(id(page.frames[0])).toBe(yield* news.id)
    expect(page.lastId).toBe(`${yield* room.id},${yield* news.id}`)
  }))

test("a page that has left gets nothing more, and the room forgets it", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const scope = yield* Scope.make()
    const page = yield* Scope.provide(Room.test(room), scope)
    yield* settle
    yield* Scope.close(scope, Exit.void)
    yield* say(room, 1)
    yield* settle
    expect(page.frames).toHaveLength(1)
  }))

test("a signal is sent as a control frame with an id, and is replayed as HTML is", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const lastId = yield* room.id
    yield* room.signal("unread", { n: 3 })
    yield* room.signal("at", new Date(0))
    const page = yield* Room.test(room, { lastId })
    yield* settle
    const [first, second] = page.frames
    expect(first).toBe(`{"HX-Trigger":{"unread":{"n":3}},"id":"${(yield* room.id).replace(/\d+$/, "1")}"}`)
    expect(JSON.parse(second ?? "")["HX-Trigger"]).toEqual({ at: "1970-01-01T00:00:00.000Z" })
  }))

test("what is put where: behind, before, in place of the inside, of the element, and removed", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const page = yield* Room.test(room, { lastId: yield* room.id })
    yield* settle
    yield* room.append("#rows", html`<tr><td>1</td></tr>`)
    yield* room.prepend(`[data-x="&"]`, html`<i>1</i>`)
    yield* room.update("#n", html`1 &amp; ${"<2>"}`)
    yield* room.replace("#n", html`<b id="n" class="x">1</b>`)
    yield* room.remove(".old")
    yield* room.push(html`<p id="a">a</p><p id="b">b</p>`)
    yield* settle
    expect(page.frames.slice(1).map((frame) => frame.replace(/^<!--.*?-->/, ""))).toEqual([
      `<tbody hx-swap-oob="beforeend:#rows"><tr><td>1</td></tr></tbody>`,
      `<div hx-swap-oob="afterbegin:[data-x=&#34;&#38;&#34;]"><i>1</i></div>`,
      `<div hx-swap-oob="innerHTML:#n">1 &amp; &#60;2&#62;</div>`,
      `<b hx-swap-oob="outerHTML:#n" id="n" class="x">1</b>`,
      `<div hx-swap-oob="delete:.old"></div>`,
      `<p id="a">a</p><p id="b">b</p>`,
    ])
  }))

test("the content of an element is what the kept entries make of it", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    yield* say(room, 1, 2)
    yield* room.update("#log", html`<li>3</li>`)
    yield* room.prepend("#log", html`<li>2</li>`)
    yield* room.append("#other", html`<li>9</li>`)
    yield* say(room, 4)
    const { content, id } = yield* room.snapshot
    expect(String(content["#log"])).toBe("<li>2</li><li>3</li><li>4</li>")
    expect(id).toBe(yield* room.id)
  }))

/** A log that has kept the entries of these numbers. */
const logOf = (kept: ReadonlyArray<number>) =>
  Effect.provideService(RoomLog.Logs, () =>
    Effect.succeed({
      append: () => Effect.void,
      read: () =>
        Effect.succeed({
          epoch: "e",
          last: kept.at(-1) ?? 0,
          entries: kept.map((number) => ({
            _tag: "Change" as const,
            swap: "beforeend" as const,
            target: "#log",
            html: `<li>${number}</li>`,
          })),
        }),
      changes: Stream.never,
    }),
  )

for (const { answer, kept, last, title } of golden.replays)
  test(`answers a dial as PROTOCOL.md says: ${title}`, () =>
    Effect.gen(function* () {
      const room = yield* lobby()
      const lastId = last === null ? undefined : last === "another" ? "lobby:f-1" : `lobby:e-${last}`
      const page = yield* Room.test(room, { lastId })
      yield* settle
      const isWhole = page.frames[0]?.includes("innerHTML") === true
      const replayed = shown(page.frames).split(" ").filter(Boolean).map(Number)
      const { or } = { or: undefined, ...golden.replays.find((replay) => replay.title === title) }
      expect([answer, or]).toContainEqual(isWhole ? "whole" : replayed)
    }).pipe(logOf(kept)))

test("a log that begins anew, or has lost entries, gives every page the state again", () =>
  Effect.gen(function* () {
    let kept = { epoch: "e", last: 1, entries: [] as ReadonlyArray<RoomLog.Kept["entries"][number]> }
    const entry = (number: number) =>
      ({ _tag: "Change", swap: "beforeend", target: "#log", html: `<li>${number}</li>` }) as const
    const changed = yield* Queue.unbounded<void>()
    const room = yield* lobby().pipe(
      Effect.provideService(RoomLog.Logs, () =>
        Effect.succeed({
          append: () => Effect.void,
          read: () => Effect.sync(() => kept),
          changes: Stream.fromQueue(changed),
        }),
      ),
    )
    const page = yield* Room.test(room, { lastId: "lobby:e-1" })
    const become = (next: typeof kept) =>
      Effect.gen(function* () {
        kept = next
        yield* Queue.offer(changed, undefined)
        yield* settle
        return shown(page.frames)
      })
    yield* settle
    expect(yield* become({ epoch: "e", last: 2, entries: [entry(2)] })).toBe("2")
    // 3 and 4 are gone.
    expect(yield* become({ epoch: "e", last: 6, entries: [entry(5), entry(6)] })).toBe("5 6")
    expect(page.frames.at(-1)).toContain("innerHTML")
    expect(yield* become({ epoch: "e", last: 2, entries: [entry(1), entry(2)] })).toBe("1 2")
    expect(yield* become({ epoch: "f", last: 2, entries: [entry(8), entry(9)] })).toBe("8 9")
    expect(page.lastId).toBe("lobby:f-2")
  }))

test("settings that cannot work are said at once", () =>
  Effect.gen(function* () {
    const die = (options: { name: string; keep?: number }) =>
      Effect.map(Effect.exit(Room.make(Chat, options)), (exit) => String(Exit.isFailure(exit) && exit.cause))
    expect(yield* die({ name: "a,b" })).toContain(
      `the name of a room is "a,b", expected 1 to 40 letters, digits and _ . ~ -`,
    )
    expect(yield* die({ name: "a", keep: 0 })).toContain("keep is 0, expected a whole number from 1")
  }))

test("a page cannot join rooms whose ids are too long together, since it could not resume", () =>
  Effect.gen(function* () {
    const page = yield* TestPage.make(Chat)
    const names = ["first", "second", "third"].map((name) => name.padEnd(30, "-"))
    const rooms = yield* Effect.forEach(names, (name) => lobby({ name }))
    const joins = yield* Effect.forEach(rooms, (room) => Effect.exit(room.join(page.peer)))
    expect(joins.map(Exit.isSuccess)).toEqual([true, true, false])
    expect(String(joins.map((exit) => Exit.isFailure(exit) && exit.cause))).toMatch(
      /with the room third-+, the ids of a page would have 1\d\d characters, expected 128 at most: give its rooms shorter names, or let it join fewer/,
    )
  }))
