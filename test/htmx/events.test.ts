/** What listeners ask to be waited for. */
import { setTimeout as pause } from "node:timers/promises"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { awaitListeners } from "../../src/htmx/events.ts"
import { waitFor } from "../setup/waitFor.ts"

const fail = (message: string): Error => new Error(message)

// A browser's timer of more than 2³¹ − 1 ms is due at once.
test.each([Number.POSITIVE_INFINITY, 2 ** 31])(
  "is awaited as long as it takes, if %d ms",
  async (timeout) => {
    const answer = Promise.withResolvers<string>()
    const waited = Effect.runPromise(awaitListeners("wsOpen", [answer.promise], timeout, fail))
    // Timers that are due at once have their turn in their order: one of before is over by then.
    await pause(1)
    answer.resolve("here")
    await expect(waited).resolves.toBe(undefined)
  },
)

test("is abandoned after the timeout, and leaves no timer", async () => {
  await expect(Effect.runPromise(awaitListeners("wsOpen", [new Promise(() => {})], 5, fail))).rejects.toThrow(
    "waitUntil of wsOpen did not settle within 5 ms (waitTimeout)",
  )
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
  const before = timers()
  const waited = Effect.runPromise(awaitListeners("wsOpen", [Promise.resolve()], 60_000, fail))
  expect(timers()).toBe(before + 1)
  await waited
  await waitFor(() => timers() === before)
})

test("takes no time if no listener waits", () => {
  expect(Effect.runSync(awaitListeners("wsOpen", [], 1000, fail))).toBe(undefined)
})
