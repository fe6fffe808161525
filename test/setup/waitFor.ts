import { setTimeout as pause } from "node:timers/promises"

/**
 * Resolves with the first truthy value of `condition`, called every `every` milliseconds. Fails after `timeout`
 * milliseconds with its source, or that of `shown`. Tests wait for conditions, never for an amount of time.
 */
export const waitFor = async <A>(
  condition: () => A | Promise<A>,
  timeout = 10_000,
  { every = 5, shown = condition }: { readonly every?: number; readonly shown?: unknown } = {},
): Promise<NonNullable<A>> => {
  const deadline = performance.now() + timeout
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Not within ${timeout} ms: ${shown}`)
    await pause(every)
  }
}
