/** What a server reads of a page, and what it answers to that page alone. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { expect } from "vitest"
import { html, type Peer, Room } from "../../src/server/index.ts"
import { isAllowed } from "../../src/server/origins.ts"
import * as TestPage from "../../src/server/TestPage.ts"
import { Chat, lobby, say, settle, test, unheard } from "./kit.ts"

/** A page whose server keeps what it reads, and the log of that. */
const opened = Effect.gen(function* () {
  const page = yield* TestPage.make(Chat)
  const read: Array<Peer.Message<{ readonly text: string }>> = []
  const logged: Array<string> = []
  const logger = Logger.layer([Logger.make(({ message }) => void logged.push(String(message)))])
  yield* page.peer.messages.pipe(
    Stream.runForEach((message) => Effect.sync(() => read.push(message))),
    Effect.provide(logger),
    Effect.forkScoped,
  )
  return { page, read, logged }
})

test("reads the values of forms of htmx 2 and 4 with their headers, and the JSON of a typed client", () =>
  Effect.gen(function* () {
    const { page, read } = yield* opened
    page.sendFrame('{"text":"two","HEADERS":{"HX-Trigger":"f","HX-Target":null,"HX-Message-ID":"m1"}}')
    page.sendFrame('{"text":"four","headers":{"HX-Message-ID":"m2"}}')
    page.sendFrame('{"text":"typed"}')
    page.sendFrame('{"text":"odd","HEADERS":{"HX-Message-ID":"--><script>"}}')
    yield* settle
    expect(read).toEqual([
      { values: { text: "two" }, headers: { "HX-Trigger": "f", "HX-Message-ID": "m1" }, id: "m1" },
      { values: { text: "four" }, headers: { "HX-Message-ID": "m2" }, id: "m2" },
      { values: { text: "typed" }, headers: {}, id: undefined },
      { values: { text: "odd" }, headers: { "HX-Message-ID": "--><script>" }, id: undefined },
    ])
    expect(page.frames).toEqual([])
  }))

test("refuses what does not fit the channel, logs it, and goes on", () =>
  Effect.gen(function* () {
    const { logged, page, read } = yield* opened
    page.sendFrame('{"text":"","HEADERS":{"HX-Message-ID":"m1"}}')
    page.sendFrame("{oops")
    page.sendFrame("[1]")
    page.sendFrame(new Uint8Array([1]))
    page.sendFrame('{"text":5,"HEADERS":5}')
    page.sendFrame('{"__proto__":{"text":"x"}}')
    page.send({ text: "good" })
    yield* settle
    const nack = (id: string) => ({ "HX-Nack": id, reason: "the message is not understood" })
    expect(page.frames.map((frame) => JSON.parse(frame))).toEqual(["m1", "", "", "", "", ""].map(nack))
    expect(logged).toHaveLength(6)
    expect(logged[0]).toContain("a message of a page does not fit the channel chat")
    expect(read.map(({ values }) => values)).toEqual([{ text: "good" }])
  }))

test("answers pings, which are no messages", () =>
  Effect.gen(function* () {
    const { page, read } = yield* opened
    page.sendFrame('{"type":"ping"}')
    yield* settle
    expect(page.frames).toEqual(["<!--pong-->"])
    expect(read).toEqual([])
  }))

test("acknowledges a message that was handled, and refuses one whose handler fails, if the page waits for that", () =>
  Effect.gen(function* () {
    const page = yield* TestPage.make(unheard())
    yield* page.peer
      .handle(({ values: { text } }) =>
        text === "no"
          ? Effect.fail("not today")
          : text === "bug"
            ? Effect.die(new Error("secret"))
            : Effect.void,
      )
      .pipe(Effect.provide(Logger.layer([])), Effect.forkScoped)
    page.send({ text: "yes" }, { "HX-Message-ID": "m1" })
    page.send({ text: "yes" })
    page.send({ text: "no" }, { "HX-Message-ID": "m2" })
    page.send({ text: "bug" }, { "HX-Message-ID": "m3" })
    page.send({ text: "yes" }, { "HX-Message-ID": "m4" })
    yield* settle
    expect(page.frames.map((frame) => JSON.parse(frame))).toEqual([
      { "HX-Ack": "m1" },
      { "HX-Nack": "m2", reason: "not today" },
      { "HX-Nack": "m3", reason: "the message could not be handled" },
      { "HX-Ack": "m4" },
    ])
  }))

test("handles a message once that comes again by another socket, and answers it as the first time", () =>
  Effect.gen(function* () {
    const channel = unheard()
    let handled = 0
    const opened = Effect.gen(function* () {
      const page = yield* TestPage.make(channel)
      const handler = ({ values: { text } }: Peer.Message<{ readonly text: string }>) =>
        Effect.andThen(Effect.sleep("1 second"), () => {
          handled++
          return text === "no" ? Effect.fail("not today") : Effect.void
        })
      yield* page.peer.handle(handler).pipe(Effect.provide(Logger.layer([])), Effect.forkScoped)
      return page
    })
    const [first, second] = [yield* opened, yield* opened]
    first.send({ text: "yes" }, { "HX-Message-ID": "again-1" })
    yield* settle
    second.send({ text: "yes" }, { "HX-Message-ID": "again-1" })
    second.send({ text: "no" }, { "HX-Message-ID": "again-2" })
    second.send({ text: "no" }, { "HX-Message-ID": "again-2" })
    yield* settle
    yield* TestClock.adjust("1 second")
    yield* settle
    yield* TestClock.adjust("1 second")
    yield* settle
    expect(handled).toBe(2)
    expect(second.frames.map((frame) => JSON.parse(frame))).toEqual([
      { "HX-Ack": "again-1" },
      { "HX-Nack": "again-2", reason: "not today" },
      { "HX-Nack": "again-2", reason: "not today" },
    ])
  }))

test("a message whose handler was interrupted is handled when it comes again", () =>
  Effect.gen(function* () {
    const channel = unheard()
    const page = yield* TestPage.make(channel)
    const lost = yield* TestPage.make(channel)
    const running = yield* Effect.forkScoped(lost.peer.handle(() => Effect.never))
    lost.send({ text: "yes" }, { "HX-Message-ID": "again-3" })
    yield* settle
    yield* Fiber.interrupt(running)
    yield* Effect.forkScoped(page.peer.handle(() => Effect.void))
    page.send({ text: "yes" }, { "HX-Message-ID": "again-3" })
    yield* settle
    expect(page.frames).toEqual(['{"HX-Ack":"again-3"}'])
  }))

test("what a handler has added to a room before it was interrupted is not added again when the message comes again", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const channel = unheard()
    const page = yield* TestPage.make(channel)
    const lost = yield* TestPage.make(channel)
    const running = yield* Effect.forkScoped(
      lost.peer.handle(({ values: { text } }) => Effect.andThen(say(room, text, text), Effect.never)),
    )
    lost.send({ text: "hi" }, { "HX-Message-ID": "again-4" })
    yield* settle
    yield* Fiber.interrupt(running)
    yield* Effect.forkScoped(page.peer.handle(({ values: { text } }) => say(room, text, text, text)))
    page.send({ text: "hi" }, { "HX-Message-ID": "again-4" })
    page.send({ text: "yes" })
    page.send({ text: "yes" })
    yield* settle
    const texts = String((yield* room.snapshot).content["#log"]).match(/\w+(?=<)/g)
    expect(texts).toEqual(["hi", "hi", "hi", ...Array<string>(6).fill("yes")])
  }))

test("sends HTML and signals to one page, as the answer to a message if one is given", () =>
  Effect.gen(function* () {
    const { page, read } = yield* opened
    page.send({ text: "hi" }, { "HX-Message-ID": "m1" })
    yield* settle
    yield* page.peer.send(html`<p id="a">${"<"}</p>`)
    yield* page.peer.send(html`<p id="a">hello</p>`, read[0])
    yield* page.peer.signal("unread", { n: 1 })
    yield* settle
    expect(page.frames).toEqual([
      '<p id="a">&#60;</p>',
      '<!--re:m1--><p id="a">hello</p>',
      '{"HX-Trigger":{"unread":{"n":1}}}',
    ])
  }))

test("messages end when the page has gone, and close has a code", () =>
  Effect.gen(function* () {
    const first = yield* TestPage.make(Chat)
    first.send({ text: "last" })
    first.leave()
    expect(yield* Stream.runCollect(first.peer.messages)).toHaveLength(1)
    const second = yield* TestPage.make(Chat)
    yield* second.peer.close(4401, "login")
    yield* Stream.runDrain(second.peer.messages)
    expect(second.closed).toEqual({ code: 4401, reason: "login" })
  }))

test("what was sent before close is sent before the socket closes, and what a room sends after it is not", () =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const page = yield* Room.test(room, { capacity: 1 })
    yield* settle
    yield* page.peer.send(html`<p>full</p>`)
    yield* page.peer.send(html`<p>goodbye</p>`)
    yield* page.peer.close(4000)
    yield* say(room, 1)
    yield* settle
    expect(page.frames.slice(1)).toEqual(["<p>full</p>", "<p>goodbye</p>"])
    expect(page.closed).toEqual({ code: 4000, reason: "" })
  }))

test("closes with 1000, 1001 or 1011 as its scope ends orderly, is interrupted, or fails", () =>
  Effect.gen(function* () {
    const end = (exit: Exit.Exit<unknown, unknown>) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const page = yield* Scope.provide(TestPage.make(Chat), scope)
        yield* page.peer.send(html`<p></p>`)
        yield* Scope.close(scope, exit)
        return [page.frames.length, page.closed?.code]
      })
    expect(yield* end(Exit.void)).toEqual([1, 1000])
    expect((yield* end(Exit.interrupt(1)))[1]).toBe(1001)
    expect((yield* end(Exit.fail("broken")))[1]).toBe(1011)
  }))

test("is closed with 1001 if a room ends in which it is", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const room = yield* Scope.provide(lobby(), scope)
    const page = yield* Room.test(room)
    yield* settle
    yield* Scope.close(scope, Exit.void)
    yield* settle
    expect(page.closed?.code).toBe(1001)
  }))

test("the id of what the page shows is in the URL, and one that cannot be an id counts as none", () =>
  Effect.gen(function* () {
    const lastIdOf = (lastId: string, param?: string) =>
      Effect.map(TestPage.make(Chat, { lastId, param }), ({ peer }) => peer.lastId)
    expect(yield* lastIdOf("lobby:7f-42,news:c1-7")).toBe("lobby:7f-42,news:c1-7")
    expect(yield* lastIdOf("a-1", "since")).toBe("a-1")
    expect(yield* lastIdOf("a%20b")).toBe(undefined)
    expect(yield* lastIdOf("x".repeat(129))).toBe(undefined)
    expect(yield* lastIdOf("")).toBe(undefined)
  }))

test("pages of this host may dial, or those of listed origins, or any", () =>
  Effect.sync(() => {
    expect(isAllowed("same", "https://a.test", "a.test")).toBe(true)
    expect(isAllowed("same", "https://a.test:8443", "a.test:8443")).toBe(true)
    for (const origin of [
      "https://b.test",
      "null",
      "https://a.test.evil",
      "a.test",
      "https://a.test:8443",
      "",
    ])
      expect(isAllowed("same", origin, "a.test")).toBe(false)
    expect(isAllowed("same", "null", undefined)).toBe(false)
    expect(isAllowed("same", undefined, "a.test")).toBe(true)
    expect(isAllowed(["https://b.test"], "https://b.test", "a.test")).toBe(true)
    expect(isAllowed(["https://b.test"], "https://a.test", "a.test")).toBe(false)
    expect(isAllowed("any", "https://b.test", "a.test")).toBe(true)
  }))
