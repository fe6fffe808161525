/**
 * Collects garbage between tests. A page in jsdom takes 2 MB of heap, and left alone V8 lets a thousand of them come
 * together, then stops for seconds: inside of some test.
 */
import { getHeapStatistics } from "node:v8"
import { afterEach } from "vitest"

/** How many pages may wait to be collected. Each has a context of its own. */
const most = 40

afterEach(() => {
  if (getHeapStatistics().number_of_native_contexts > most) globalThis.gc?.()
})
