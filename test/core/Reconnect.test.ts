import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as fc from "fast-check"
import * as CloseCode from "../../src/core/CloseCode.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"
import { closed, delays, exponential, unlimited } from "./delays.ts"
import { holds } from "./holds.ts"

/** Random numbers that are not. */
const drawing = (numbers: ReadonlyArray<number>) => {
  let drawn = 0
  return Effect.provideService(Random.Random, {
    nextDoubleUnsafe: () => numbers[drawn++ % numbers.length] ?? 0,
    nextIntUnsafe: () => 0,
  })
}

it("the codes that are retried by default are those of the contract", () => {
  expect([...Reconnect.defaultCodes].sort()).toEqual([1001, 1005, 1006, 1011, 1012, 1013, 1014])
  expect(Reconnect.defaultCodes).not.toContain(CloseCode.NormalClosure)
})

describe("exponential", () => {
  it.effect("doubles from the base to the cap, and stays there", () =>
    Effect.gen(function* () {
      expect(yield* delays(exponential(), 9)).toEqual([
        1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000,
      ])
    }),
  )

  it.effect.each([
    ["a factor of 3", { factor: 3, max: 20_000 }, [1000, 3000, 9000, 20_000]],
    ["a factor of 1", { factor: 1 }, [1000, 1000, 1000, 1000]],
    ["a factor of 1.5", { base: 100, factor: 1.5, max: 300 }, [100, 150, 225, 300]],
    ["a base above the cap", { base: 5000, max: 3000 }, [3000, 3000, 3000, 3000]],
    ["a base of 0", { base: 0 }, [0, 0, 0, 0]],
    ["a base below a millisecond", { base: 0.25 }, [0.25, 0.5, 1, 2]],
  ] as const)("works with %s", ([, options, expected]) =>
    Effect.gen(function* () {
      expect(yield* delays(exponential(options), 4)).toEqual(expected)
    }),
  )

  it.effect("full jitter is uniform from nothing to the bound, by the Random service", () =>
    Effect.gen(function* () {
      const full = exponential({ jitter: "full" })
      expect(yield* delays(full, 4).pipe(drawing([0, 0.5, 0.25, 0.75]))).toEqual([0, 1000, 1000, 6000])
      expect(yield* delays(Reconnect.fullJitter, 8).pipe(drawing([0.5]))).toEqual([
        500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000,
      ])
    }),
  )

  it.effect("a jitter of 0.3 is between 70 % and 130 % of the bound", () =>
    Effect.gen(function* () {
      const policy = exponential({ jitter: 0.3 })
      const near = (expected: Array<number>) => expected.map((delay) => expect.closeTo(delay, 6))
      expect(yield* delays(policy, 3).pipe(drawing([0]))).toEqual(near([700, 1400, 2800]))
      expect(yield* delays(policy, 3).pipe(drawing([0.5]))).toEqual(near([1000, 2000, 4000]))
      expect(yield* delays(policy, 3).pipe(drawing([1 - Number.EPSILON]))).toEqual(near([1300, 2600, 5200]))
    }),
  )

  it.effect("the same seed gives the same delays", () =>
    Effect.gen(function* () {
      const seeded = (seed: string) => delays(Reconnect.fullJitter, 20).pipe(Random.withSeed(seed))
      expect(yield* seeded("a")).toEqual(yield* seeded("a"))
      expect(yield* seeded("a")).not.toEqual(yield* seeded("b"))
    }),
  )

  it.effect("first delays of many clients are spread evenly over the second", () =>
    Effect.gen(function* () {
      const clients = 2000
      const first = yield* Effect.forEach(Array.from({ length: clients }), () =>
        Effect.map(delays(Reconnect.fullJitter, 1), ([delay = Number.NaN]) => delay),
      ).pipe(Random.withSeed("restart"))
      // Kolmogorov-Smirnov: 1.63/√n is the distance that a uniform sample exceeds once in a hundred times.
      const distance = first
        .sort((a, b) => a - b)
        .reduce((worst, delay, i) => Math.max(worst, Math.abs(delay / 1000 - i / clients)), 0)
      expect(distance).toBeLessThan(1.63 / Math.sqrt(clients))
    }),
  )

  it.effect.each(["full", 0, 0.3, 1] as const)(
    "never leaves its bounds in 1,100 retries, with jitter %s",
    (jitter) =>
      Effect.gen(function* () {
        for (const base of [0, 1, 500, 1000]) {
          const all = yield* delays(exponential({ base, jitter }), 1100)
          const most = 64_000 * (jitter === "full" ? 1 : 1 + jitter)
          expect(all.filter((delay) => !(delay >= 0 && delay <= most))).toEqual([])
        }
      }),
  )

  it("every delay is within its bound, whatever the options and the attempt", () => {
    const options = fc.record({
      base: fc.integer({ min: 0, max: 100_000 }),
      factor: fc.double({ min: 1, max: 100, noNaN: true }),
      max: fc.integer({ min: 0, max: 10_000_000 }),
      jitter: fc.constantFrom("full" as const, 0),
    })
    holds(
      fc.property(options, fc.integer({ min: 1, max: 60 }), (options, attempt) => {
        const all = Effect.runSync(delays(Reconnect.exponential(options), attempt))
        all.forEach((delay, n) => {
          const bound = Math.min(options.base * options.factor ** n, options.max)
          if (options.jitter === 0) expect(delay).toBeCloseTo(bound, 3)
          else expect(delay >= 0 && (delay < bound || bound === 0)).toBe(true)
        })
      }),
      200,
    )
  })
})

it.effect("constant gives the same delay for ever", () =>
  Effect.gen(function* () {
    const all = yield* delays(Reconnect.constant(750), 1100)
    expect(new Set(all)).toEqual(new Set([750]))
  }),
)

describe("fromFunction", () => {
  it.effect("is called with the number of retries so far, 0, 1, 2, and the end of the last attempt", () =>
    Effect.gen(function* () {
      const calls: Array<Array<unknown>> = []
      const policy = Reconnect.fromFunction((...args) => {
        calls.push(args)
        return args[0] * 100
      })
      expect(yield* delays(policy, 3)).toEqual([0, 100, 200])
      expect(calls).toMatchObject([0, 1, 2].map((retries) => [retries, { code: 1006, reason: "test" }]))
    }),
  )

  it.effect("is called again with 0 when the backoff starts over", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const backoff = unlimited(Reconnect.fromFunction((count) => calls.push(count)))
      yield* backoff.next(closed)
      yield* backoff.next(closed)
      backoff.restart()
      yield* backoff.next(closed)
      expect(calls).toEqual([0, 1, 0])
    }),
  )

  it.effect("fractions of a millisecond are kept", () =>
    Effect.gen(function* () {
      expect(
        yield* delays(
          Reconnect.fromFunction(() => 0.5),
          1,
        ),
      ).toEqual([0.5])
    }),
  )

  it.effect("throwing is a DelayError with the cause", () =>
    Effect.gen(function* () {
      const cause = new Error("oops")
      const error = yield* Effect.flip(
        delays(
          Reconnect.fromFunction(() => {
            throw cause
          }),
          1,
        ),
      )
      expect(error).toMatchObject({
        _tag: "DelayError",
        message: "the reconnect delay function threw Error: oops",
        cause,
      })
    }),
  )

  it.effect.each([
    [Number.NaN, "NaN"],
    [-1, "-1"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    ["1000", "1000"],
    [undefined, "undefined"],
    [null, "null"],
    [1000n, "1000"],
    [{ ms: 1 }, "[object Object]"],
  ])("returning %s is a DelayError that says so", ([answer, said]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        delays(
          Reconnect.fromFunction(() => answer),
          1,
        ),
      )
      expect(error).toMatchObject({
        _tag: "DelayError",
        message: `the reconnect delay function returned ${said} instead of milliseconds`,
      })
    }),
  )

  it.effect("returning something that cannot be printed is a DelayError", () =>
    Effect.gen(function* () {
      for (const answer of [Symbol("delay"), Object.create(null)]) {
        const error = yield* Effect.flip(
          delays(
            Reconnect.fromFunction(() => answer),
            1,
          ),
        )
        expect(error._tag).toBe("DelayError")
      }
    }),
  )

  it.effect("goes on counting after a failure", () =>
    Effect.gen(function* () {
      const backoff = unlimited(Reconnect.fromFunction((count) => (count === 1 ? Number.NaN : count)))
      expect(yield* backoff.next(closed)).toBe(0)
      expect((yield* Effect.flip(backoff.next(closed)))._tag).toBe("DelayError")
      expect(yield* backoff.next(closed)).toBe(2)
    }),
  )
})

describe("suspend", () => {
  it.effect("asks for the policy when the backoff starts over, and not in between", () =>
    Effect.gen(function* () {
      let delay = 1
      const backoff = unlimited(Reconnect.suspend(() => Reconnect.constant(delay++)))
      const seen = [yield* backoff.next(closed), yield* backoff.next(closed)]
      backoff.restart()
      seen.push(yield* backoff.next(closed))
      expect(seen).toEqual([1, 1, 2])
    }),
  )
})
