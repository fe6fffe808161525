/**
 * A few samples of each area, always the same. `npm run fuzz` draws as many others as it is asked for, and makes those
 * that fail smaller.
 */
import * as fc from "fast-check"
import { describe, test } from "vitest"
import { ofPages, ofPrograms } from "./areas.ts"
import { versions } from "./FuzzedPage.ts"

describe.each(versions)("htmx %s", (htmx) => {
  test.each(Object.entries(ofPages))("a page goes on whatever it is given: %s", async (_, area) => {
    await fc.assert(area(htmx), { numRuns: 8 })
  })
})

test.each(Object.entries(ofPrograms))("a program goes on whatever it is sent: %s", async (_, area) => {
  await fc.assert(area(), { numRuns: 50 })
})
