/** Tests the bot without a server and without waiting: the test plays the server, and sets the clock. */
import { expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { TestPeer } from "htmx-ext-effect-ws/testing"
import { ClientMessage } from "../ClientMessage.ts"
import { type Entry, ServerMessage } from "../ServerMessage.ts"
import { bot, onOpen, Room } from "./bot.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(ServerMessage)))
const decode = Schema.decodeUnknownSync(Schema.fromJsonString(ClientMessage))

const at = DateTime.makeUnsafe(0)
const assam = { id: "assam", name: "Assam", price: 347, past: [] }

const everything = (...entries: ReadonlyArray<Entry>) =>
  encode({ _tag: "Everything", entries, people: [], quotes: [assam] })
const said = (entry: Entry) => encode({ _tag: "Said", entry })

/** Accepts the next connection of the bot. */
const connection = Effect.gen(function* () {
  const link = yield* (yield* TestPeer.TestPeer).nextLink
  link.accept()
  const heard = Effect.map(link.next, decode)
  expect(yield* heard).toEqual({ _tag: "Rename", name: "Barista" })
  return { link, heard }
})

const network = Layer.provideMerge(
  Room.layer({ url: "wss://coffee.test/chatroom.json", onOpen }),
  TestPeer.layer(),
)

it.effect("the bot answers a question asked during an outage exactly once", () =>
  Effect.gen(function* () {
    yield* Effect.forkScoped(bot)
    const first = yield* connection
    first.link.send(everything())
    first.link.send(said({ id: 1, at, name: "Ada", text: "How much is the Assam?" }))
    expect(yield* first.heard).toMatchObject({ text: "Ada, a sack of Assam is at 3.47." })

    first.link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const second = yield* connection
    second.link.send(
      everything(
        { id: 1, at, name: "Ada", text: "How much is the Assam?" },
        { id: 2, at, name: "Bob", text: "Hello, is anybody there?" },
      ),
    )
    expect(yield* second.heard).toMatchObject({ text: "Hello Bob!" })
    expect(second.link.received).toHaveLength(2)
  }).pipe(Effect.provide(network)),
)
