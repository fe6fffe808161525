/** Checks that tests are where their readers look for them. */
import { existsSync, globSync } from "node:fs"
import { expect, test } from "vitest"

/** All sentences of the extension stand in one test: they are of many files. */
const sentences = "test/htmx/sentences.test.ts"

test("a test of the extension has the name and place of the file that it tests, or is one of pages", () => {
  const lost = globSync("test/{htmx,element}/**/*.test.ts")
    .filter((path) => path !== sentences && !/\/(?:pages|kit)\//.test(path))
    // Of one file there may be several tests: `attach.life.test.ts`, `attach.receiving.test.ts`.
    .filter((path) => !existsSync(path.replace(/^test/, "src").replace(/\.(?:\w+\.)?test\.ts$/, ".ts")))
  expect(lost).toEqual([])
})
