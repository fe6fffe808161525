/** In the scripts, this stands before `effect/Duration`: milliseconds are all that the timers of a page know. */

const TypeId = "~effect/Duration"

interface Duration {
  readonly [TypeId]: typeof TypeId
  readonly value: { readonly _tag: string; readonly millis?: number; readonly nanos?: bigint }
}

export const isDuration = (value: unknown): value is Duration =>
  typeof value === "object" && value !== null && TypeId in value

export const millis = (millis: number): Duration => ({ [TypeId]: TypeId, value: { _tag: "Millis", millis } })

export const zero = millis(0)

const units: Readonly<Record<string, number>> = {
  milli: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

export const fromInputUnsafe = (input: unknown): Duration => {
  if (isDuration(input)) return input
  if (typeof input === "number") return millis(input)
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)\s+(\w+?)s?$/.exec(String(input)) ?? []
  const scale = units[unit]
  if (scale === undefined) throw new Error(`Invalid Input: ${input}`)
  return millis(Number(count) * scale)
}

/** Also of a `Duration` that another copy of Effect has made. */
export const toMillis = (input: unknown): number => {
  const { _tag, millis, nanos } = fromInputUnsafe(input).value
  return millis ?? (nanos === undefined ? (_tag === "Infinity" ? Infinity : 0) : Number(nanos) / 1e6)
}
