/** Monotonic time: the system date may jump. */
import type * as Clock from "effect/Clock"

/** Returns the milliseconds since some moment in the past. Whether those of a suspended machine count, its browser decides. */
export const elapsed = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
