/** Each trap of resuming has its tests. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { traps } from "../resume/traps.ts"

test.for(Object.entries(traps))("there are tests of %s", ([, tests]) => {
  for (const [path, titles] of Object.entries(tests)) {
    const source = readFileSync(path, "utf8")
    expect(titles.filter((title) => !source.includes(title))).toEqual([])
  }
})
