/** Monotonic time, since the system date may jump. */
import type * as Clock from "effect/Clock"

/** Returns the milliseconds since some moment in the past. The browser decides whether a suspended machine's count. */
export const elapsed = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
