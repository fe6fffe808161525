import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Backoff from "../../src/core/Backoff.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"
import { closed, delays, exponential, unlimited } from "./delays.ts"

it.effect("restarting begins with the first delay", () =>
  Effect.gen(function* () {
    const backoff = unlimited(exponential())
    const seen = [yield* backoff.next(closed), yield* backoff.next(closed)]
    backoff.restart()
    backoff.restart()
    seen.push(yield* backoff.next(closed), yield* backoff.next(closed))
    expect(seen).toEqual([1000, 2000, 1000, 2000])
  }),
)

it.effect.each([0, 1, 3])("returns undefined after %i retries, until it is restarted", (most) =>
  Effect.gen(function* () {
    const policy = Reconnect.constant(10)
    const backoff = Backoff.make({ reconnectPolicy: policy, reconnectMaxAttempts: most }, () => true)
    for (const round of [1, 2]) {
      for (let n = 0; n < most; n++) expect(yield* backoff.next(closed)).toBe(10)
      expect([round, yield* backoff.next(closed)]).toEqual([round, undefined])
      expect(yield* backoff.next(closed)).toBeUndefined()
      backoff.restart()
    }
  }),
)

it.effect.each<[string, Reconnect.Policy]>([
  ["is not a number", Reconnect.fromFunction(() => Number.NaN)],
  ["dies", Reconnect.suspend(() => Effect.runSync(Effect.die("by accident")))],
])("a retry whose delay %s counts like any other", ([, policy]) =>
  Effect.gen(function* () {
    const backoff = Backoff.make({ reconnectPolicy: policy, reconnectMaxAttempts: 2 }, () => true)
    for (let n = 0; n < 2; n++) expect((yield* Effect.flip(backoff.next(closed)))._tag).toBe("DelayError")
    expect(yield* backoff.next(closed)).toBeUndefined()
    expect(backoff.retries()).toBe(2)
  }),
)

it.effect("restarting after a number of retries continues with the delay that follows them", () =>
  Effect.gen(function* () {
    const policy = exponential()
    const backoff = Backoff.make({ reconnectPolicy: policy, reconnectMaxAttempts: 4 }, () => true)
    backoff.restart(3)
    expect(backoff.retries()).toBe(3)
    expect(yield* backoff.next(closed)).toBe(8000)
    expect(yield* backoff.next(closed)).toBeUndefined()
    backoff.restart(Number.MAX_SAFE_INTEGER)
    expect(yield* backoff.next(closed)).toBeUndefined()
    backoff.restart()
    expect(yield* backoff.next(closed)).toBe(1000)
  }),
)

it.effect("a policy that replaces another continues after as many retries", () =>
  Effect.gen(function* () {
    const options = { reconnectPolicy: exponential(), reconnectMaxAttempts: Number.POSITIVE_INFINITY }
    const backoff = Backoff.make(options, () => true)
    expect(yield* Effect.all([backoff.next(closed), backoff.next(closed)])).toEqual([1000, 2000])
    options.reconnectPolicy = exponential({ base: 10 })
    expect(yield* Effect.all([backoff.next(closed), backoff.next(closed)])).toEqual([40, 80])
  }),
)

it.effect("returns undefined when the user's schedule is done", () =>
  Effect.gen(function* () {
    const schedule = Schedule.max([Schedule.recurs(2), Schedule.spaced("1 seconds")])
    const backoff = unlimited(schedule)
    expect([yield* backoff.next(closed), yield* backoff.next(closed)]).toEqual([1000, 1000])
    expect(yield* backoff.next(closed)).toBeUndefined()
    expect(backoff.retries()).toBe(2)
  }),
)

it.effect("a policy gets the end of the last socket", () =>
  Effect.gen(function* () {
    const policy: Reconnect.Policy = Schedule.identity<typeof closed>().pipe(
      Schedule.modifyDelay(({ input }) => Effect.succeed(input.code)),
    )
    expect(yield* delays(policy, 1)).toEqual([1006])
  }),
)

it.effect("two connections with one policy do not share its state", () =>
  Effect.gen(function* () {
    const policy = exponential()
    expect(yield* delays(policy, 2)).toEqual([1000, 2000])
    expect(yield* delays(policy, 2)).toEqual([1000, 2000])
  }),
)
