/** The life of a client over the connection of an element: its states, its beginning and its end. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { Incoming, Outgoing, said, say } from "../client/chat.ts"
import { fork, on, onAll, type Stage, turn } from "./kit.ts"

const attribute = (stage: Stage): string => (stage.htmx === "4" ? "hx-ws:connect" : "ws-connect")

/** The names of the states that a client enters from now on. */
const states = (client: { readonly changes: Stream.Stream<{ readonly _tag: string }> }) => {
  const seen: Array<string> = []
  return Effect.as(
    fork(Stream.runForEach(client.changes, ({ _tag }) => Effect.sync(() => void seen.push(_tag)))),
    seen,
  )
}

onAll("a client has the state of the connection that it finds", (stage) =>
  Effect.gen(function* () {
    expect((yield* stage.client()).state._tag).toBe("Connecting")
    stage.socket.open()
    expect((yield* stage.client()).state._tag).toBe("Open")
    stage.socket.end(1012)
    expect((yield* stage.client()).state).toMatchObject({ _tag: "Waiting" })
  }),
)

onAll("a client follows the connection from state to state", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    const seen = yield* states(chat)
    const opening = yield* fork(chat.awaitOpen)
    stage.socket.open()
    yield* Fiber.join(opening)
    stage.socket.end(1012, "restart")
    expect(chat.state).toMatchObject({ _tag: "Waiting", attempt: 1, code: 1012, reason: "restart" })
    stage.page.clock.advance(2000)
    expect(chat.state).toEqual({ _tag: "Connecting", attempt: 1 })
    stage.socket.open()
    stage.socket.end(1000)
    expect(chat.state).toMatchObject({ _tag: "Closed", why: { code: 1000, closedBy: "peer" } })
    yield* turn
    expect(seen).toEqual(["Connecting", "Open", "Waiting", "Connecting", "Open", "Closed"])
  }),
)

onAll(
  "a connection that has failed is RetriesExhausted for its clients",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const sending = yield* fork(chat.send(say("one")))
      stage.socket.drop()
      stage.page.clock.advance(10_000)
      stage.socket.drop()
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({
        _tag: "RetriesExhausted",
        attempts: 1,
        code: 1006,
      })
      expect(yield* Effect.flip(Stream.runDrain(chat.messages))).toMatchObject({ _tag: "RetriesExhausted" })
    }),
  { head: `<meta name="htmx-config" content='{"ws": {"reconnectMaxAttempts": 1}}'>` },
)

onAll(
  "a hidden page pauses its clients",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      stage.page.visibility(true)
      stage.socket.answerClose()
      expect(chat.state._tag).toBe("Paused")
      const sending = yield* fork(chat.send(say("one")))
      stage.page.visibility(false)
      stage.socket.open()
      yield* Fiber.join(sending)
      expect(stage.heard).toEqual(["one"])
    }),
  { head: `<meta name="htmx-config" content='{"ws": {"pauseOnBackground": true}}'>` },
)

onAll("reconnect replaces the socket, and dials again after the end", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    yield* chat.reconnect
    expect([stage.page.sockets.length, stage.page.live.length, chat.state._tag]).toEqual([2, 1, "Connecting"])
    stage.socket.open()
    stage.socket.end(1000)
    expect(chat.state._tag).toBe("Closed")
    yield* chat.reconnect
    expect([stage.page.sockets.length, chat.state._tag]).toEqual([3, "Connecting"])
    stage.socket.open()
    yield* chat.send(say("one"))
    expect(stage.heard).toEqual(["one"])
  }),
)

onAll("close closes the connection of the element, and ends the messages", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const reader = yield* fork(Stream.runCollect(chat.messages))
    const closing = yield* fork(chat.close(4000, "done"))
    expect(chat.state._tag).toBe("Closing")
    expect(stage.socket.closeCalls).toEqual([[4000, "done"]])
    expect(yield* Effect.flip(chat.send(say("late")))).toMatchObject({ _tag: "ConnectionClosed" })
    stage.socket.answerClose()
    yield* Fiber.join(closing)
    expect(chat.state).toMatchObject({ _tag: "Closed", why: { closedBy: "this side" } })
    expect(yield* Fiber.join(reader)).toEqual([])
    expect(yield* Effect.flip(chat.awaitOpen)).toMatchObject({ _tag: "ConnectionClosed" })
  }),
)

onAll("close ends at once if there is no socket", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.socket.end(1012)
    const sending = yield* fork(chat.send(say("waits")))
    yield* chat.close()
    expect(chat.state._tag).toBe("Closed")
    expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ConnectionClosed" })
    stage.page.clock.advance(100_000)
    expect(stage.page.live).toEqual([])
  }),
)

onAll("a listener that does not let the element dial closes its clients", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.on("connecting", (event) => event.preventDefault())
    yield* chat.reconnect
    yield* turn
    expect(chat.state).toMatchObject({ _tag: "Closed", why: { closedBy: "this side" } })
  }),
)

onAll("an element that leaves the page ends its clients: messages end, and nothing can be sent", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    const reader = yield* fork(Stream.runCollect(chat.messages))
    const sending = yield* fork(chat.send(say("waits")))
    stage.element.remove()
    expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ConnectionClosed" })
    expect(yield* Fiber.join(reader)).toEqual([])
    expect(yield* Effect.flip(chat.send(say("late")))).toMatchObject({
      _tag: "ConnectionClosed",
      message: "the element no longer has a connection",
    })
    expect(chat.state._tag).toBe("Closed")
  }),
)

onAll("an element that leaves while its connection is open ends the messages", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const reader = yield* fork(Stream.runCollect(chat.messages))
    stage.socket.message(said("last"))
    stage.element.remove()
    expect(yield* Fiber.join(reader)).toMatchObject([{ text: "last" }])
    expect(chat.state._tag).toBe("Closed")
  }),
)

onAll(
  "a client follows its element to another URL; what waited for the first is not sent to the second",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const seen = yield* states(chat)
      const reader = yield* fork(Stream.runHead(chat.messages))
      const sending = yield* fork(chat.send(say("for the first")))
      stage.element.setAttribute(attribute(stage), "/other")
      ;(stage.page.htmx as { process(element: Element): void }).process(stage.element)
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ConnectionClosed" })
      expect([stage.socket.url, chat.state._tag]).toEqual(["ws://page.test:8080/other", "Connecting"])
      stage.socket.open()
      yield* chat.send(say("for the second"))
      expect(stage.heard).toEqual(["for the second"])
      stage.socket.message(said("from the second"))
      expect(yield* Fiber.join(reader)).toMatchObject({ value: { text: "from the second" } })
      expect(seen).toEqual(["Connecting", "Connecting", "Open"])
    }),
)

onAll("an element that is processed again keeps its connection, and its client works on", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.element.setAttribute("title", "another")
    ;(stage.page.htmx as { process(element: Element): void }).process(stage.element)
    yield* turn
    yield* chat.send(say("one"))
    expect([stage.page.sockets.length, stage.heard]).toEqual([1, ["one"]])
  }),
)

onAll(
  "a closed scope removes its messages from the queue, and leaves the connection and no listener behind",
  (stage) =>
    Effect.gen(function* () {
      const listening: Array<string> = []
      const { element } = stage
      const { addEventListener, removeEventListener } = element
      Object.assign(element, {
        addEventListener: (type: string, listener: () => void) => {
          listening.push(type)
          addEventListener.call(element, type, listener)
        },
        removeEventListener: (type: string, listener: () => void) => {
          listening.splice(listening.indexOf(type), 1)
          removeEventListener.call(element, type, listener)
        },
      })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const chat = yield* stage.client()
          chat.sendUnsafe(say("one"))
          expect(stage.waiting).toHaveLength(1)
          expect(listening.length).toBeGreaterThan(0)
        }),
      )
      expect([listening, stage.waiting]).toEqual([[], []])
      stage.socket.open()
      stage.post('{"text":"two"}')
      expect(stage.heard).toEqual(["two"])
    }),
)

onAll("a client whose scope has closed in the turn of an event is over, and stays so", (stage) =>
  Effect.gen(function* () {
    const chat = yield* Effect.scoped(stage.opened())
    yield* chat.reconnect
    yield* turn
    expect([chat.state._tag, stage.page.sockets.length]).toEqual(["Closed", 1])
    expect(yield* Effect.flip(chat.send(say("late")))).toMatchObject({ _tag: "ConnectionClosed" })
  }),
)

onAll("a program that starts before htmx waits for the connection", (stage) =>
  Effect.gen(function* () {
    const { document, htmx } = stage.page
    const element = document.createElement("div")
    element.setAttribute(attribute(stage), "/later")
    document.body.append(element)
    const making = yield* fork(stage.fromElement(element, { outgoing: Outgoing, incoming: Incoming }))
    expect(making.pollUnsafe()).toBeUndefined()
    ;(htmx as { process(element: Element): void }).process(element)
    const chat = yield* Fiber.join(making)
    stage.socket.open()
    yield* chat.send(say("one"))
    expect([stage.socket.url, stage.heard]).toEqual(["ws://page.test:8080/later", ["one"]])
  }),
)

on(
  "4",
  "a program waits for an element that is still to be triggered",
  (stage) =>
    Effect.gen(function* () {
      const making = yield* fork(stage.client())
      expect(making.pollUnsafe()).toBeUndefined()
      stage.element.click()
      const chat = yield* Fiber.join(making)
      stage.socket.open()
      yield* chat.send(say("one"))
      expect(stage.heard).toEqual(["one"])
    }),
  { body: `<div id="c" hx-ws:connect="/ws" hx-trigger="click"></div>` },
)

onAll(
  "fromElement fails with NoConnection for null, and for an element that asks for no connection",
  (stage) =>
    Effect.gen(function* () {
      const schemas = { outgoing: Outgoing, incoming: Incoming }
      const { document } = stage.page
      const failures = [document.querySelector("#nowhere"), document.body].map((element) =>
        Effect.map(Effect.flip(stage.fromElement(element, schemas)), ({ _tag }) => _tag),
      )
      expect(yield* Effect.all(failures)).toEqual(["NoConnection", "NoConnection"])
    }),
)

onAll(
  "fromElement fails with NoConnection for a connection of the official script, made before or after",
  (stage) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(stage.client())).toMatchObject({ _tag: "NoConnection" })
      const { document, htmx } = stage.page
      const element = document.createElement("div")
      element.setAttribute(attribute(stage), "/later")
      document.body.append(element)
      const making = yield* fork(stage.fromElement(element, { outgoing: Outgoing, incoming: Incoming }))
      ;(htmx as { process(element: Element): void }).process(element)
      expect(yield* Effect.flip(Fiber.join(making))).toMatchObject({ _tag: "NoConnection" })
    }),
  { ws: "official" },
)

onAll("problems emits that a socket cannot be made, and not errors of other messages", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const problem = yield* fork(Stream.runHead(chat.problems))
    // What others do wrong is no problem of this client.
    stage.post(42 as never)
    Object.assign(stage.page.window, {
      WebSocket: class {
        constructor() {
          throw new Error("no more sockets")
        }
      },
    })
    yield* chat.reconnect
    expect(yield* Fiber.join(problem)).toMatchObject({ value: { _tag: "DialError" } })
  }),
)

on(
  "4",
  "a page may spell attributes and events in another way",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      yield* chat.send(say("one"))
      stage.socket.message(said("two"))
      expect(yield* Stream.runHead(chat.messages)).toMatchObject({ value: { text: "two" } })
    }),
  {
    head: `<meta name="htmx-config" content='{"metaCharacter": "-", "prefix": "x-"}'>`,
    body: `<div id="c" x-ws-connect="/ws"></div>`,
  },
)

onAll("problems emits an error of the socket, as the page has it in an event", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const problem = yield* fork(Stream.runHead(chat.problems))
    stage.socket.fail()
    const message = expect.stringContaining("broke")
    expect(yield* Fiber.join(problem)).toMatchObject({ value: { _tag: "SocketError", message } })
  }),
)
