/** A sleep that ends early if the machine was suspended meanwhile. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The longest sleep before the clock is read again, in milliseconds. */
const SLICE = 1000
/** The shortest sleep, in milliseconds: without a minimum, a policy of no delay would block the page. */
const SHORTEST = 1
/** A slice that takes this long, in milliseconds, means that the machine was suspended. */
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
