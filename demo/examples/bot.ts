/**
 * A chat bot: `node demo/examples/bot.ts http://127.0.0.1:3000`. It returns greetings and quotes the price of coffee.
 * While the server is away it waits; afterwards it answers what was said meanwhile.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { WsClient } from "htmx-ext-effect-ws"
import { ClientMessage } from "../ClientMessage.ts"
import { type Entry, type Quote, ServerMessage } from "../ServerMessage.ts"

/** Connects to the chat room. */
export class Room extends WsClient.Service<Room>()("demo/examples/Room", {
  outgoing: ClientMessage,
  incoming: ServerMessage,
}) {}

const name = "Barista"

interface Memory {
  /** The id of the last entry received. Entries from before the bot first connected are ignored. */
  readonly heard: number
  readonly quotes: ReadonlyArray<Quote>
}

export const bot = Effect.gen(function* () {
  const room = yield* Room
  yield* room.messages.pipe(
    Stream.mapAccum((): Memory => ({ heard: Number.POSITIVE_INFINITY, quotes: [] }), listen),
    Stream.runForEach((text) => room.send({ _tag: "Say", name, text })),
  )
})

/** Says who it is on every connection, before anything else. */
export const onOpen: WsClient.Protocol<ClientMessage, ServerMessage>["onOpen"] = ({ send }) =>
  send({ _tag: "Rename", name })

/** Returns the replies to a message. The same entry may arrive again on a new connection. */
const listen = (memory: Memory, message: ServerMessage): readonly [Memory, ReadonlyArray<string>] => {
  const { heard, quotes } = memory
  switch (message._tag) {
    case "Everything": {
      const last = message.entries.at(-1)?.id ?? 0
      const missed = message.entries.filter(({ id }) => id > heard)
      return [{ heard: last, quotes: message.quotes }, missed.flatMap(answer(message.quotes))]
    }
    case "Said":
      return [{ ...memory, heard: message.entry.id }, answer(quotes)(message.entry)]
    case "Traded":
      return [
        { ...memory, quotes: quotes.map((quote) => (quote.id === message.quote.id ? message.quote : quote)) },
        [],
      ]
    case "Present":
      return [memory, []]
  }
}

const answer =
  (quotes: ReadonlyArray<Quote>) =>
  (entry: Entry): ReadonlyArray<string> => {
    if (entry.name === undefined || entry.name === name) return []
    if (/\bhello\b/i.test(entry.text)) return [`Hello ${entry.name}!`]
    return quotes
      .filter(({ name }) => entry.text.toLowerCase().includes(name.toLowerCase()))
      .map((quote) => `${entry.name}, a sack of ${quote.name} is at ${(quote.price / 100).toFixed(2)}.`)
  }

if (import.meta.main) {
  const url = new URL("/chatroom.json", process.argv[2] ?? "http://127.0.0.1:3000")
  NodeRuntime.runMain(Effect.provide(bot, Room.layer({ url, onOpen })))
}
