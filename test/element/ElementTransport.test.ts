/** Messages of a program through the connection of an element: written, waiting, lost, refused. */
import { expect, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { say } from "../client/chat.ts"
import { fork, on, onAll, turn } from "./kit.ts"

/** How a message failed, if it has. */
const failure = <A, E extends { readonly _tag: string }>(fiber: Fiber.Fiber<A, E>) =>
  Effect.map(Effect.flip(Fiber.join(fiber)), ({ _tag }) => _tag)

onAll("a message is written in the turn of send if the socket is open", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    chat.sendUnsafe(say("one"))
    expect(stage.socket.sent).toEqual(['{"_tag":"Say","text":"one"}'])
    yield* chat.send(say("two"))
    expect(stage.heard).toEqual(["one", "two"])
  }),
)

onAll("a message waits in the queue of the element, in the order of all that wait there", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    stage.post('{"text":"first"}')
    const sending = yield* fork(chat.send(say("second")))
    stage.post('{"text":"third"}')
    expect(stage.waiting).toEqual(['{"text":"first"}', '{"_tag":"Say","text":"second"}', '{"text":"third"}'])
    expect(sending.pollUnsafe()).toBeUndefined()
    stage.socket.open()
    yield* Fiber.join(sending)
    expect(stage.heard).toEqual(["first", "second", "third"])
  }),
)

onAll(
  "a send that is interrupted removes its own message from the queue, and no other of the same text",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const text = '{"_tag":"Say","text":"same"}'
      stage.post(text)
      const sending = yield* fork(chat.send(say("same")))
      const other = yield* fork(chat.send(say("same")))
      stage.post(text)
      const [first, mine, , last] = stage.shown.queue
      yield* Fiber.interrupt(sending)
      expect(stage.shown.queue.includes(mine as never)).toBe(false)
      expect(stage.shown.queue.map((item) => item === first || item === last)).toEqual([true, false, true])
      stage.socket.open()
      yield* Fiber.join(other)
      expect(stage.heard).toEqual(["same", "same", "same"])
    }),
)

onAll(
  "many sends that are interrupted together are removed together: the queue is made anew twice",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      stage.post('{"text":"first"}')
      const sending = yield* Effect.forEach(Array.from({ length: 100 }), () => fork(chat.send(say("mine"))))
      const replace = vi.spyOn(stage.shown.port.connection.outbox, "replace")
      for (const fiber of sending) fiber.interruptUnsafe()
      yield* turn
      expect(replace).toHaveBeenCalledTimes(2)
      expect(stage.waiting).toEqual(['{"text":"first"}'])
    }),
)

onAll("a send that is interrupted in the turn in which the socket opens is not written", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    const sending = yield* fork(chat.send(say("mine")))
    const other = yield* fork(chat.send(say("other")))
    sending.interruptUnsafe()
    stage.socket.open()
    yield* Fiber.join(other)
    expect(stage.heard).toEqual(["other"])
  }),
)

onAll("a message that a listener refuses fails with MessageDiscarded", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.on("outgoing", (event) => event.preventDefault())
    const error = yield* Effect.flip(chat.send(say("no")))
    expect(error).toMatchObject({ _tag: "MessageDiscarded", value: say("no") })
    expect(stage.socket.sent).toEqual([])
  }),
)

onAll("of messages of one text, the one that was refused fails and the others do not", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    const fibers = yield* Effect.forEach([1, 2, 3], () => fork(chat.send(say("same"))))
    if (stage.htmx === "4") return
    stage.post('{"_tag":"Say","text":"same"}')
    let count = 0
    stage.on("outgoing", (event) => ++count === 2 && event.preventDefault())
    stage.socket.open()
    const exits = yield* Effect.forEach(fibers, Fiber.await)
    expect(exits.map(Exit.isSuccess)).toEqual([true, false, true])
    expect(stage.heard).toEqual(["same", "same", "same"])
  }),
)

onAll("a message that the page removes from the queue fails with MessageDiscarded in that turn", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.client()
    const sending = yield* fork(chat.send(say("one")))
    const other = yield* fork(chat.send(say("two")))
    yield* turn
    stage.shown.queue.shift()
    expect(sending.pollUnsafe()).toBeDefined()
    expect(yield* failure(sending)).toBe("MessageDiscarded")
    stage.socket.open()
    yield* Fiber.join(other)
    expect(stage.heard).toEqual(["two"])
  }),
)

onAll("a message that a listener refuses has failed when send returns", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.on("outgoing", (event) => event.preventDefault())
    const sending = yield* fork(chat.send(say("no")))
    expect(sending.pollUnsafe()).toBeDefined()
    expect(yield* failure(sending)).toBe("MessageDiscarded")
  }),
)

onAll(
  "a message for which there is no room fails with OutboxFull",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const first = yield* fork(chat.send(say("one")))
      const second = yield* fork(chat.send(say("one")))
      expect(yield* failure(second)).toBe("OutboxFull")
      stage.socket.open()
      yield* Fiber.join(first)
      expect(stage.heard).toEqual(["one"])
    }),
  { head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 1}}'>` },
)

onAll(
  "a message that is dropped for a newer one fails with OutboxFull",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const first = yield* fork(chat.send(say("one")))
      const second = yield* fork(chat.send(say("one")))
      expect(yield* failure(first)).toBe("OutboxFull")
      stage.socket.open()
      yield* Fiber.join(second)
      expect(stage.heard).toEqual(["one"])
    }),
  {
    head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 1, "queueOverflow": "drop-oldest"}}'>`,
  },
)

onAll(
  "a message that has waited too long fails with MessageExpired",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const sending = yield* fork(chat.send(say("one")))
      stage.page.clock.advance(1000)
      expect(yield* failure(sending)).toBe("MessageExpired")
    }),
  { head: `<meta name="htmx-config" content='{"ws": {"queueTtl": "1s"}}'>` },
)

onAll("a program's messages have their events at the element", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const events: Array<string> = []
    for (const name of ["outgoing", "sent"] as const)
      stage.on(name, ({ target }) => events.push(`${name} #${(target as Element).id}`))
    yield* chat.send(say("one"))
    expect(events).toEqual(["outgoing #c", "sent #c"])
  }),
)

onAll("a message that a listener sends meanwhile, as this program or another, follows", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    const other = yield* stage.client()
    const outcomes: Array<unknown> = []
    let count = 0
    stage.on("outgoing", () => {
      if (++count > 1) return
      Effect.runFork(chat.send(say("one"))).addObserver(({ _tag }) => outcomes.push(_tag))
      Effect.runFork(other.send(say("one"))).addObserver(({ _tag }) => outcomes.push(_tag))
    })
    yield* chat.send(say("one"))
    yield* turn
    expect(stage.heard).toEqual(["one", "one", "one"])
    expect(outcomes).toEqual(["Success", "Success"])
  }),
)

onAll(
  "a message that was about to be written when a listener reconnects waits, and is written once",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      let count = 0
      stage.on("outgoing", () => ++count === 1 && stage.shown.reconnect())
      const sending = yield* fork(chat.send(say("one")))
      yield* turn
      stage.socket.open()
      yield* Fiber.join(sending)
      expect(stage.page.sockets.flatMap(({ sent }) => sent)).toHaveLength(1)
    }),
)

on(
  "4",
  "a send that is interrupted while a listener delays it is not written, nor is one behind it",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      const agree: Array<() => void> = []
      stage.on("outgoing", ({ detail }) =>
        detail.waitUntil(new Promise<void>((resolve) => agree.push(resolve))),
      )
      const fibers = yield* Effect.forEach(["held", "behind", "last"], (text) => fork(chat.send(say(text))))
      for (const fiber of fibers.slice(0, 2)) yield* Fiber.interrupt(fiber)
      for (let asked = 0; asked < 3; asked++) {
        agree[asked]?.()
        yield* turn
      }
      yield* Effect.forEach(fibers.slice(2), Fiber.join)
      expect([agree.length, stage.heard]).toEqual([3, ["last"]])
    }),
)

on("4", "a message that a listener refuses after a delay fails with MessageDiscarded", (stage) =>
  Effect.gen(function* () {
    const chat = yield* stage.opened()
    stage.on("outgoing", ({ detail }) => {
      const refuse = () => {
        detail.cancelled = true
      }
      detail.waitUntil(new Promise((resolve) => setImmediate(resolve)).then(refuse))
    })
    const sending = yield* fork(chat.send(say("no")))
    yield* Effect.yieldNow
    expect(yield* failure(sending)).toBe("MessageDiscarded")
    expect(stage.socket.sent).toEqual([])
  }),
)

onAll(
  "two hundred messages that wait are written in their order",
  (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.client()
      const texts = Array.from({ length: 200 }, (_, n) => `message ${n % 10}`)
      const fibers = yield* Effect.forEach(texts, (text) => fork(chat.send(say(text))))
      stage.socket.open()
      yield* Effect.forEach(fibers, Fiber.join)
      expect(stage.heard).toEqual(texts)
    }),
  { head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 200}}'>` },
)

for (const htmx of ["1.9", "2"] as const)
  on(htmx, "a message of another element is not mistaken for that of a program with the same text", (stage) =>
    Effect.gen(function* () {
      const chat = yield* stage.opened()
      const child = stage.page.document.createElement("b")
      stage.element.append(child)
      stage.on("outgoing", (event) => {
        if (event.target !== stage.element) return
        event.preventDefault()
        event.detail.socketWrapper.sendImmediately(event.detail.message, child)
      })
      expect(yield* Effect.flip(chat.send(say("same")))).toMatchObject({ _tag: "MessageDiscarded" })
      expect(stage.heard).toEqual(["same"])
    }),
  )
