/** Durations as people write them. */
import * as Duration from "effect/Duration"

/** Milliseconds, `"500ms"`, `"5s"`, `"2m"`, `"1h"`, or what Effect takes: `"5 seconds"`, `Duration.minutes(1)`. */
export type DurationInput = Duration.Input | `${number}${"" | "ms" | "s" | "m" | "h"}`

/** Durations for sentences that say what was expected. */
export const durationExamples = '(500, "500ms", "5s", "5 seconds")'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Returns a duration in milliseconds. Returns `undefined` or throws if the value is no duration, or negative. */
export const millis = (value: unknown): number | undefined => {
  const short = typeof value === "string" ? /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?$/.exec(value.trim()) : null
  if (short !== null) return Number(short[1]) * (units[short[2] ?? "ms"] ?? 1)
  if (!/^(number|string)$/.test(typeof value) && !Duration.isDuration(value)) return undefined
  const duration = Number.isNaN(value)
    ? -1
    : Duration.toMillis(Duration.fromInputUnsafe(value as Duration.Input))
  return duration >= 0 ? duration : undefined
}
