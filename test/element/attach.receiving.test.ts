/** Frames that are for a program, and frames that are for htmx. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { answer, ask, Outgoing, said } from "../client/chat.ts"
import { fork, on, onAll, type Stage, turn } from "./kit.ts"

/** The values that a stream emits from now on. */
const collect = <A, E>(stream: Stream.Stream<A, E>) => {
  const values: Array<A> = []
  return Effect.as(
    fork(Stream.runForEach(stream, (value) => Effect.sync(() => void values.push(value)))),
    values,
  )
}

const texts = (messages: ReadonlyArray<{ readonly text: string }>) => messages.map(({ text }) => text)

/** A frame that htmx swaps into `#out`, as it looks in this generation. */
const html = (text: string) => `<p id="out">${text}</p>`

const body = (connect: string) =>
  `<div id="c" ${connect}="/ws" hx-target="#out" hx-swap="outerHTML"><p id="out"></p></div>`
const scenery = (stage: Stage) => {
  const connect = stage.htmx === "4" ? "hx-ws:connect" : "ws-connect"
  stage.element.remove()
  stage.page.add(body(connect))
}

const receiving = (stage: Stage) =>
  Effect.gen(function* () {
    scenery(stage)
    const chat = yield* stage.opened()
    const messages = yield* collect(chat.messages)
    const errors = yield* collect(chat.decodeErrors)
    return { chat, messages, errors, out: () => stage.page.$("#out").textContent }
  })

onAll("a frame that the schema accepts is a message, and not swapped", (stage) =>
  Effect.gen(function* () {
    const { errors, messages, out } = yield* receiving(stage)
    stage.socket.message(said("hello <p id='out'>no</p>"))
    yield* turn
    expect(texts(messages)).toEqual(["hello <p id='out'>no</p>"])
    expect([errors, out(), stage.page.console]).toEqual([[], "", []])
  }),
)

onAll("HTML is left to htmx, and is no decode error", (stage) =>
  Effect.gen(function* () {
    const { errors, messages, out } = yield* receiving(stage)
    stage.socket.message(html("swapped"))
    stage.socket.message("  \n <!-- nothing -->")
    yield* turn
    expect(out()).toBe("swapped")
    expect([messages, errors]).toEqual([[], []])
  }),
)

onAll("JSON that the schema rejects is a decode error, and is left to the page", (stage) =>
  Effect.gen(function* () {
    const { errors, messages } = yield* receiving(stage)
    const received: Array<unknown> = []
    stage.on("received", ({ detail }) => received.push(detail.message.data ?? detail.message))
    stage.socket.message('{"_tag":"Said","by":1}')
    stage.socket.message("plain text")
    stage.socket.message("42")
    yield* turn
    expect(errors.map(({ frame }) => frame)).toEqual(['{"_tag":"Said","by":1}', "42"])
    expect(messages).toEqual([])
    expect(received).toEqual(['{"_tag":"Said","by":1}', "plain text", "42"])
  }),
)

onAll("a binary frame is left to the page", (stage) =>
  Effect.gen(function* () {
    const { errors, messages } = yield* receiving(stage)
    stage.socket.message(new ArrayBuffer(3))
    yield* turn
    expect([messages, errors]).toEqual([[], []])
  }),
)

onAll(
  "a frame that a listener refuses is no message, and one that it replaces is the message that it sets",
  (stage) =>
    Effect.gen(function* () {
      const { messages } = yield* receiving(stage)
      stage.on("incoming", (event) => {
        const { detail } = event
        const text = String(detail.message.data ?? detail.message)
        if (text.includes("refuse")) event.preventDefault()
        if (!text.includes("replace")) return
        if (stage.htmx === "4") detail.message.data = said("replaced")
        else detail.message = said("replaced")
      })
      for (const text of ["one", "refuse", "replace", "two"]) stage.socket.message(said(text))
      yield* turn
      expect(texts(messages)).toEqual(["one", "replaced", "two"])
    }),
)

onAll("all clients whose schemas accept a frame receive it", (stage) =>
  Effect.gen(function* () {
    const { messages } = yield* receiving(stage)
    const second = yield* Effect.flatMap(stage.client(), ({ messages }) => collect(messages))
    const Tick = Schema.Struct({ price: Schema.Number })
    const ticks = yield* Effect.flatMap(
      stage.fromElement(stage.element, { outgoing: Outgoing, incoming: Tick }),
      ({ messages }) => collect(messages),
    )
    stage.socket.message(said("both"))
    stage.socket.message('{"price":7}')
    yield* turn
    expect([texts(messages), texts(second), ticks]).toEqual([["both"], ["both"], [{ price: 7 }]])
  }),
)

/** JSON `{"ms": 5}`, which takes so many milliseconds to decode. */
const Slow = Schema.Struct({
  ms: Schema.Number.pipe(
    Schema.decodeTo(Schema.Number, {
      decode: SchemaGetter.transformEffect((ms: number) => Effect.as(Effect.sleep(ms), ms)),
      encode: SchemaGetter.passthrough(),
    }),
  ),
})

onAll("if a schema needs time, the client takes all JSON, and emits it in order", (stage) =>
  Effect.gen(function* () {
    scenery(stage)
    const client = yield* stage.fromElement(stage.element, { outgoing: Outgoing, incoming: Slow })
    stage.socket.open()
    const messages = yield* collect(client.messages)
    for (const ms of [20, 10]) stage.socket.message(JSON.stringify({ ms }))
    stage.socket.message(html("swapped"))
    yield* turn
    expect(messages).toEqual([])
    yield* TestClock.adjust(30)
    expect(messages).toEqual([{ ms: 20 }, { ms: 10 }])
    expect(stage.page.$("#out").textContent).toBe("swapped")
  }),
)

onAll("a request is answered by the message that matches", (stage) =>
  Effect.gen(function* () {
    const { chat } = yield* receiving(stage)
    const asking = yield* fork(
      chat.request(ask(2), { match: (message) => message._tag === "Answer" && message.id === 2 }),
    )
    const other = yield* fork(
      chat.request(ask(1), { match: (message) => message._tag === "Answer" && message.id === 1 }),
    )
    stage.socket.message(answer(1))
    stage.socket.message(html("between"))
    stage.socket.message(answer(2))
    expect([yield* Fiber.join(asking), yield* Fiber.join(other)]).toMatchObject([{ id: 2 }, { id: 1 }])
  }),
)

onAll("a request with retry is asked again on the next connection, before what waits", (stage) =>
  Effect.gen(function* () {
    const { chat } = yield* receiving(stage)
    const asking = yield* fork(
      chat.request(ask(1), { match: (message) => message._tag === "Answer", retry: true, timeout: "1 hour" }),
    )
    const lost = yield* fork(chat.request(ask(2), { match: () => false, timeout: "1 hour" }))
    stage.socket.end(1012)
    stage.post('{"text":"waits"}')
    yield* turn
    expect(yield* Effect.flip(Fiber.join(lost))).toMatchObject({ _tag: "ConnectionLost", code: 1012 })
    stage.shown.reconnect()
    stage.socket.open()
    expect(stage.heard).toEqual([1, "waits"])
    stage.socket.message(answer(1))
    expect(yield* Fiber.join(asking)).toMatchObject({ id: 1 })
  }),
)

on("4", "JSON with content is left to htmx, whatever the schema accepts", (stage) =>
  Effect.gen(function* () {
    scenery(stage)
    const client = yield* stage.fromElement(stage.element, {
      outgoing: Outgoing,
      incoming: Schema.Struct({}),
    })
    stage.socket.open()
    const messages = yield* collect(client.messages)
    stage.socket.message(JSON.stringify({ content: html("swapped") }))
    yield* turn
    expect(messages).toEqual([])
    expect(stage.page.$("#out").textContent).toBe("swapped")
  }),
)

const old = { connect: "ws-connect" }

on(
  "4",
  "on an element with the wire format of htmx 2, a frame that the schema accepts is not swapped either",
  (stage) =>
    Effect.gen(function* () {
      stage.element.innerHTML = `<p id="out"></p>`
      const chat = yield* stage.opened()
      const second = yield* Effect.flatMap(stage.client(), ({ messages }) => collect(messages))
      const messages = yield* collect(chat.messages)
      stage.socket.message(said("<p id='out'>no</p>"))
      stage.socket.message(html("swapped"))
      yield* turn
      expect([texts(messages), texts(second)]).toEqual([["<p id='out'>no</p>"], ["<p id='out'>no</p>"]])
      expect(stage.page.$("#out").textContent).toBe("swapped")
    }),
  old,
)

on(
  "4",
  "on such an element, listeners may refuse or replace a frame",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      const messages = yield* collect(chat.messages)
      stage.on("incoming", ({ detail }) => {
        if (detail.message.data.includes("refuse")) detail.cancelled = true
        if (detail.message.data.includes("replace")) detail.message.data = said("replaced")
      })
      for (const text of ["one", "refuse", "replace", "two"]) stage.socket.message(said(text))
      yield* turn
      expect(texts(messages)).toEqual(["one", "replaced", "two"])
    }),
  old,
)

onAll(
  "a frame that the program takes is over in its turn, so that ws-resume goes on behind it",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      const messages = yield* collect(chat.messages)
      const received: Array<unknown> = []
      stage.on("received", ({ detail }) => received.push(detail.message.data ?? detail.message))
      const frames = [
        `<!--id:7f-2-->${html("a")}`,
        JSON.stringify({ ...JSON.parse(said("b")), id: "7f-3", content: "" }),
      ]
      for (const frame of frames) stage.socket.message(frame)
      yield* turn
      expect([texts(messages), received]).toEqual([["b"], frames])
      const { reconnect } = chat
      yield* reconnect
      yield* turn
      expect(new URL(stage.socket.url).search).toBe("?last-id=7f-3")
    }),
  {
    body: `<div id="c" ws-connect="/ws" ws-resume="7f-1"><p id="out"></p></div>`,
    scripts: ["/dist/ws-resume.js"],
  },
)
