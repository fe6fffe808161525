import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Room } from "htmx-ext-effect-ws/server"
import type { Coffee } from "./ClientMessage.ts"
import * as fragments from "./fragments.ts"
import type * as Live from "./Live.ts"
import { listed, type Market, opening, type Tick, traded } from "./Market.ts"
import * as Shown from "./Shown.ts"

/** An invented market that trades by itself. */
export class Feed extends Context.Service<
  Feed,
  {
    readonly follow: Effect.Effect<Live.Followed<Market, Tick>, never, Scope.Scope>
    /** Where pages are shown it. */
    readonly room: Room.Room<typeof Coffee>
  }
>()("demo/Feed") {
  static readonly layer = (interval: Duration.Input) =>
    Layer.effect(
      Feed,
      Effect.gen(function* () {
        const market = yield* Shown.make<Market, Tick>({
          name: "market",
          keep: 60,
          initial: opening,
          content: fragments.market,
          fragments: fragments.tick,
        })
        yield* deal(market).pipe(Effect.repeat(Schedule.spaced(interval)), Effect.forkScoped)
        return { follow: market.follow, room: market.room }
      }),
    )
}

const deal = Effect.fnUntraced(function* (market: Live.Live<Market, Tick>) {
  const at = yield* DateTime.now
  const chosen = yield* Random.choice(listed)
  const sacks = yield* Random.nextIntBetween(1, 40)
  const drift = yield* Random.nextBetween(-0.025, 0.025)
  yield* market.change(traded(chosen, sacks, drift, at))
})
