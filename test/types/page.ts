/** Compiled by `npm run types`, never run: how a program on a page sees the connection of an element. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as z from "zod"
import { Channel } from "../../src/channel/index.ts"
import * as htmx2 from "../../src/htmx2.ts"
import * as htmx4 from "../../src/htmx4.ts"
import type { WsClient } from "../../src/index.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>(): void => {}

const Subscribe = Schema.Struct({ symbol: Schema.String, since: Schema.Date })
const Price = Schema.Union([
  Schema.TaggedStruct("Price", { price: Schema.Number }),
  Schema.TaggedStruct("Halt", { until: Schema.Date }),
])
const schemas = { outgoing: Subscribe, incoming: Price }
const element = document.querySelector("#prices")

const made = htmx2.fromElement(element, schemas)
holds<Equal<Effect.Error<typeof made>, htmx2.NoConnection>>()
holds<Equal<Effect.Services<typeof made>, Scope.Scope>>()
holds<Equal<typeof htmx2.fromElement, typeof htmx4.fromElement>>()

declare const prices: Effect.Success<typeof made>
const sending = prices.send({ symbol: "HTMX", since: new Date() })
holds<Equal<Effect.Error<typeof sending>, WsClient.SendError | WsClient.MessageDiscarded>>()
holds<Equal<Stream.Success<typeof prices.messages>, typeof Price.Type>>()
holds<Equal<Stream.Error<typeof prices.messages>, WsClient.Over | WsClient.BufferOverflow>>()

// @ts-expect-error A Date is sent as one, not as text.
prices.send({ symbol: "HTMX", since: "yesterday" })

const lossy = htmx4.fromElement(element, { ...schemas, overflow: "drop-oldest" })
declare const latest: Effect.Success<typeof lossy>
holds<Equal<Stream.Error<typeof latest.messages>, WsClient.Over>>()

const asked = prices.request(
  { symbol: "HTMX", since: new Date() },
  { match: (message) => message._tag === "Halt", retry: true },
)
holds<
  Equal<Effect.Error<typeof asked>, WsClient.SendError | WsClient.MessageDiscarded | WsClient.RequestTimeout>
>()
holds<Equal<Effect.Success<typeof asked>["until"], Date>>()

// A client of its own has nobody else to refuse its messages.
declare const own: WsClient.WsClient<string, string>
holds<Equal<Effect.Error<ReturnType<typeof own.send>>, WsClient.SendError>>()

const connected = await htmx4.connectElement(element, { incoming: z.object({ price: z.number() }) })
holds<Equal<typeof connected, htmx4.Connected<unknown, { price: number }, WsClient.MessageDiscarded>>>()
for await (const { price } of connected.messages) holds<Equal<typeof price, number>>()
connected.on("problem", (problem) => {
  if (problem._tag === "MessageDiscarded") holds<Equal<typeof problem, WsClient.MessageDiscarded>>()
})

// @ts-expect-error The settings of a connection are its element's.
htmx2.fromElement(element, { ...schemas, heartbeat: "25s" })

const Room = Channel.make("room", {
  incoming: Schema.Struct({ text: Schema.String }),
  signals: { unread: Schema.Struct({ n: Schema.Int }), title: Schema.String },
})
export const room = Effect.gen(function* () {
  const client = yield* htmx2.fromElement(element, Room)
  yield* client.send({ text: "hi" })
  holds<Equal<Stream.Success<ReturnType<typeof client.signal<"unread">>>, { readonly n: number }>>()
  // @ts-expect-error: not a signal of the channel
  client.signal("other")
  // @ts-expect-error: not a message of the channel
  client.send({ words: "hi" })
})
holds<Equal<Channel.Events<typeof Room>["unread"], CustomEvent<{ readonly n: number }>>>()
holds<Equal<Channel.Events<typeof Room>["title"], CustomEvent<{ readonly value: string }>>>()
