/**
 * Collects garbage between tests. A page in jsdom takes 2 MB of heap, and V8 by itself lets a thousand of them
 * accumulate, then pauses for seconds in the middle of a test.
 */
import { getHeapStatistics } from "node:v8"
import { afterEach } from "vitest"

/** How many pages may accumulate before a collection. Each has a context of its own. */
const most = 40

afterEach(() => {
  if (getHeapStatistics().number_of_native_contexts > most) globalThis.gc?.()
})
