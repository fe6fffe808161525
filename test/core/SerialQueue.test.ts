/** Work that is done one after the other. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { onTestFinished, vi } from "vitest"
import { SerialQueue } from "../../src/core/SerialQueue.ts"
import { waitFor } from "../setup/waitFor.ts"

it.effect("work runs in the turn of the call, in order, and after earlier work that takes time", () =>
  Effect.gen(function* () {
    const line = new SerialQueue()
    const done: Array<number | string> = []
    const note = (what: number | string) => () => Effect.sync(() => done.push(what))
    const context = yield* Effect.context<never>()
    const slow = Effect.provideContext(Effect.sleep("1 second"), context)
    line.add(note(1), () => {})
    line.add(
      () => slow,
      () => {},
    )
    line.add(note(2), () => {})
    line.add(
      () => Effect.fail("wrong"),
      (error) => done.push(error),
    )
    expect([done, line.length]).toEqual([[1], 2])
    yield* TestClock.adjust("1 second")
    expect([done, line.length]).toEqual([[1, 2, "wrong"], 0])
  }),
)

it.effect("end cancels the work that waits, and later work runs", () =>
  Effect.gen(function* () {
    const line = new SerialQueue()
    const done: Array<number> = []
    line.add(
      () => Effect.never,
      () => {},
    )
    line.add(
      () => Effect.sync(() => done.push(1)),
      () => {},
    )
    line.end()
    yield* Fiber.join(yield* Effect.forkChild(Effect.yieldNow))
    line.add(
      () => Effect.sync(() => done.push(2)),
      () => {},
    )
    yield* Effect.promise(() => waitFor(() => done.length === 1))
    expect(done).toEqual([2])
  }),
)

it.effect("work that throws is reported, and does not hold up the rest", () =>
  Effect.gen(function* () {
    const rejected = vi.fn()
    process.on("unhandledRejection", rejected)
    onTestFinished(() => void process.off("unhandledRejection", rejected))
    const line = new SerialQueue()
    const done: Array<number> = []
    line.add(
      () => {
        throw new Error("work")
      },
      () => {},
    )
    line.add(
      () => Effect.sync(() => done.push(1)),
      () => {},
    )
    expect(done).toEqual([1])
    yield* Effect.promise(() => waitFor(() => rejected.mock.calls.length === 1))
  }),
)

it("any amount of work that needs a fiber, but no time, runs without a deep stack", () => {
  const line = new SerialQueue()
  let done = 0
  line.add(
    () => {
      for (let n = 0; n < 20_000; n++)
        line.add(
          () => Effect.andThen(Effect.void, () => Effect.sync(() => done++)),
          () => {},
        )
      return Effect.void
    },
    () => {},
  )
  expect(done).toBe(20_000)
})

it("the time that a piece of work takes does not grow with how many wait", () => {
  const line = new SerialQueue()
  let done = 0
  line.add(
    () => {
      for (let n = 0; n < 100_000; n++)
        line.add(
          () => Effect.sync(() => done++),
          () => {},
        )
      return Effect.void
    },
    () => {},
  )
  expect([done, line.length]).toEqual([100_000, 0])
})
