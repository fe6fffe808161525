import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Live from "./Live.ts"
import type { Quote, Trade } from "./ServerMessage.ts"

const pastSize = 31
const tapeSize = 6

export interface Market {
  readonly nextId: number
  readonly quotes: ReadonlyMap<string, Quote>
  /** Newest first. */
  readonly tape: ReadonlyArray<Trade>
}

export interface Tick {
  readonly quote: Quote
  readonly trade: Trade
  readonly forgotten: ReadonlyArray<Trade>
}

/** An invented market that trades by itself. */
export class Feed extends Context.Service<
  Feed,
  { readonly follow: Effect.Effect<Live.Followed<Market, Tick>, never, Scope.Scope> }
>()("demo/Feed") {
  static readonly layer = (interval: Duration.Input) =>
    Layer.effect(
      Feed,
      Effect.gen(function* () {
        const market = yield* Live.make<Market, Tick>(opening)
        yield* deal(market).pipe(Effect.repeat(Schedule.spaced(interval)), Effect.forkScoped)
        return { follow: market.follow }
      }),
    )
}

const listed: readonly [Quote, ...ReadonlyArray<Quote>] = [
  { id: "arabica", name: "Arabica", price: 412, past: [] },
  { id: "robusta", name: "Robusta", price: 286, past: [] },
  { id: "assam", name: "Assam", price: 347, past: [] },
  { id: "matcha", name: "Matcha", price: 958, past: [] },
]

const opening: Market = { nextId: 1, quotes: new Map(listed.map((quote) => [quote.id, quote])), tape: [] }

const deal = Effect.fnUntraced(function* (market: Live.Live<Market, Tick>) {
  const at = yield* DateTime.now
  const chosen = yield* Random.choice(listed)
  const sacks = yield* Random.nextIntBetween(1, 40)
  const drift = yield* Random.nextBetween(-0.025, 0.025)
  yield* market.change(({ nextId, quotes, tape }) => {
    const quote = moved(quotes.get(chosen.id) ?? chosen, drift)
    const trade = { id: nextId, at, name: quote.name, sacks, price: quote.price }
    const all = [trade, ...tape]
    return [
      { nextId: nextId + 1, quotes: new Map(quotes).set(quote.id, quote), tape: all.slice(0, tapeSize) },
      { quote, trade, forgotten: all.slice(tapeSize) },
    ]
  })
})

const moved = (quote: Quote, drift: number): Quote => ({
  ...quote,
  price: Math.max(1, Math.round(quote.price * (1 + drift))),
  past: [...quote.past, quote.price].slice(-pastSize),
})
