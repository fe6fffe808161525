/** The chat bot in the demo's room: real sockets, a server that goes away and comes back. */
import { spawn } from "node:child_process"
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { WsClient } from "htmx-ext-effect-ws"
import { Chat } from "../../demo/Chat.ts"
import type { Change } from "../../demo/Conversation.ts"
import { bot, onOpen, Room } from "../../demo/examples/bot.ts"
import type { Entry, ServerMessage } from "../../demo/ServerMessage.ts"
import { demo } from "../setup/demo.ts"
import { waitFor } from "../setup/waitFor.ts"

/** The demo, with a seat in its room that no outage reaches, and all that has happened there. */
const open = Effect.gen(function* () {
  const { recover, services, trade, url } = yield* demo
  const seat = yield* Context.get(services, Chat).enter
  const log: Array<Change> = []
  yield* Stream.runForEach(seat.events, (change) => Effect.sync(() => log.push(change))).pipe(
    Effect.forkScoped({ startImmediately: true }),
  )

  const said = () =>
    log.flatMap((change) =>
      change._tag === "Said" && change.entry.name === "Barista" ? [change.entry.text] : [],
    )
  const isThere = (change: Change) =>
    change._tag === "Present" ? [...change.names.values()].includes("Barista") : undefined
  /** Where in the log the bot has come or gone, from a place on. */
  const until = (there: boolean, from: number) =>
    Effect.promise(async () => {
      const at = () => log.findIndex((change, index) => index >= from && isThere(change) === there)
      // A process of its own takes a while to come.
      await waitFor(() => at() >= 0, 15_000)
      return at()
    })

  return { log, recover, said, seat, trade, until, url }
})

const dropEverybody = (url: string) =>
  Effect.promise(() => fetch(`${url}/outage`, { method: "POST", headers: { "hx-request": "true" } }))

/** Whom a bot answers, of those who ask it around each of ten restarts of its server. */
const restarts = Effect.fnUntraced(function* (
  bot: Effect.Effect<void, WsClient.SendError | WsClient.BufferOverflow, Room | Scope.Scope>,
) {
  const { log, recover, said, seat, trade, until, url } = yield* open
  const policy = Schedule.spaced("10 millis")
  yield* Effect.forkScoped(
    Effect.provide(bot, Room.layer({ url: `${url}/chatroom.json`, reconnect: policy, onOpen })),
  )
  yield* until(true, 0)

  const asked: Array<string> = []
  const ask = (guest: string) => {
    asked.push(guest)
    return seat.say(guest, "How much is the Assam?")
  }
  for (let restart = 1; restart <= 10; restart++) {
    const from = log.length
    yield* ask(`Before ${restart}`)
    yield* dropEverybody(url)
    yield* ask(`At ${restart}`)
    const gone = yield* until(false, from)
    yield* ask(`During ${restart}`)
    yield* recover
    yield* until(true, gone)
    yield* trade(1)
  }
  yield* ask("Last")
  yield* Effect.promise(() => waitFor(() => said().at(-1)?.startsWith("Last, a sack of Assam is at ")))
  return { asked, answered: said().map((text) => text.split(",")[0]) }
}, Effect.scoped)

it.live("the bot survives ten restarts of its server without losing or doubling a message", () =>
  Effect.gen(function* () {
    const { answered, asked } = yield* restarts(bot)
    expect(asked).toHaveLength(31)
    expect(answered).toEqual(asked)
  }),
)

/** A bot that does not know what it has heard. */
const careless = (heard: (message: ServerMessage) => ReadonlyArray<Entry>) =>
  Effect.gen(function* () {
    const room = yield* Room
    yield* room.changes.pipe(
      Stream.filter(({ _tag }) => _tag === "Open"),
      Stream.runForEach(() => room.send({ _tag: "Rename", name: "Barista" })),
      Effect.forkScoped,
    )
    yield* Stream.runForEach(room.messages, (message) =>
      Effect.forEach(
        heard(message).filter(({ name }) => name !== undefined && name !== "Barista"),
        ({ name }) =>
          room.send({ _tag: "Say", name: "Barista", text: `${name}, a sack of Assam is at least there.` }),
      ),
    )
  })

it.live("the same count finds what a bot doubles that has no memory", () =>
  Effect.gen(function* () {
    const { answered, asked } = yield* restarts(
      careless((message) => {
        if (message._tag === "Everything") return message.entries
        return message._tag === "Said" ? [message.entry] : []
      }),
    )
    expect(answered.length).toBeGreaterThan(asked.length)
    expect(new Set(answered)).toEqual(new Set(asked))
  }),
)

it.live("the same count finds what a bot loses that does not look at what it has missed", () =>
  Effect.gen(function* () {
    const { answered, asked } = yield* restarts(
      careless((message) => (message._tag === "Said" ? [message.entry] : [])),
    )
    expect(answered.length).toBeLessThan(asked.length)
    expect(asked).toEqual(expect.arrayContaining(answered))
  }),
)

it.live("the bot is a program: it comes into the room, and says hello", () =>
  Effect.gen(function* () {
    const { said, seat, until, url } = yield* open
    yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, ["demo/examples/bot.ts", url], { stdio: "inherit" })),
      (child) => Effect.sync(() => child.kill()),
    )
    yield* until(true, 0)
    yield* seat.say("Ada", "hello?")
    yield* Effect.promise(() => waitFor(() => said().length > 0))
    expect(said()).toEqual(["Hello Ada!"])
  }),
)
