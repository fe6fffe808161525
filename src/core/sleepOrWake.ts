/** A wait that ends early if the machine was suspended meanwhile: what is due then has waited long enough. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How long, in milliseconds, a wait sleeps at most before it looks at the clock again. */
const SLICE = 1000
/** How long it sleeps at least: an effect without any delay may take all turns of a page for itself. */
const SHORTEST = 1
/** A slice that took this long, in milliseconds, shows that the machine was suspended. */
const OVERSLEPT = 6000

/** Succeeds after `delay` milliseconds, or as soon as the machine has woken. */
export const sleepOrWake = (delay: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    for (let left = delay; ; ) {
      const slice = Math.max(SHORTEST, Math.min(left, SLICE))
      const since = clock.currentTimeMillisUnsafe()
      yield* Effect.sleep(slice)
      const passed = clock.currentTimeMillisUnsafe() - since
      left -= Math.max(slice, passed)
      if (left <= 0 || passed > OVERSLEPT) break
    }
  })
