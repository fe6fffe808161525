import type * as DateTime from "effect/DateTime"
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

export const listed: readonly [Quote, ...ReadonlyArray<Quote>] = [
  { id: "arabica", name: "Arabica", price: 412, past: [] },
  { id: "robusta", name: "Robusta", price: 286, past: [] },
  { id: "assam", name: "Assam", price: 347, past: [] },
  { id: "matcha", name: "Matcha", price: 958, past: [] },
]

export const opening: Market = {
  nextId: 1,
  quotes: new Map(listed.map((quote) => [quote.id, quote])),
  tape: [],
}

/** A trade in `of`, whose price drifts by a part of itself. */
export const traded =
  (of: Quote, sacks: number, drift: number, at: DateTime.Utc) =>
  ({ nextId, quotes, tape }: Market): readonly [Market, Tick] => {
    const quote = moved(quotes.get(of.id) ?? of, drift)
    const trade = { id: nextId, at, name: quote.name, sacks, price: quote.price }
    const all = [trade, ...tape]
    return [
      { nextId: nextId + 1, quotes: new Map(quotes).set(quote.id, quote), tape: all.slice(0, tapeSize) },
      { quote, trade, forgotten: all.slice(tapeSize) },
    ]
  }

const moved = (quote: Quote, drift: number): Quote => ({
  ...quote,
  price: Math.max(1, Math.round(quote.price * (1 + drift))),
  past: [...quote.past, quote.price].slice(-pastSize),
})
