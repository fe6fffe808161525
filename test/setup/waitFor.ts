import { setTimeout as pause } from "node:timers/promises"

/**
 * Resolves with the first truthy value of `condition`; fails after `timeout` milliseconds with the condition's
 * source. Tests wait for what they want to see, never for an amount of time.
 */
export const waitFor = async <A>(
  condition: () => A | Promise<A>,
  timeout = 5_000,
): Promise<NonNullable<A>> => {
  const deadline = performance.now() + timeout
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Not within ${timeout} ms: ${condition}`)
    await pause(5)
  }
}
