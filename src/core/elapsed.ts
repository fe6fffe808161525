/** The clock by which ages are measured. */
import type * as Clock from "effect/Clock"

/** Returns the milliseconds since some moment in the past. */
export const elapsed = (clock: Clock.Clock): number => clock.currentTimeMillisUnsafe()
