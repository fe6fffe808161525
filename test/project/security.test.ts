/** The tests that docs/security.md names are there. */
import { globSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"

test("each test that docs/security.md names is there", () => {
  const page = readFileSync("docs/security.md", "utf8").replaceAll(/\n\s+/g, " ")
  const named = [...page.matchAll(/^- Tests?: (.*)$/gm)].flatMap(([, line = ""]) =>
    [...line.matchAll(/"([^"]+)"/g)].map(([, title]) => title),
  )
  const sources = globSync("test/**/*.test.ts").map((file) => readFileSync(file, "utf8"))
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((title) => !sources.some((source) => source.includes(title as string)))).toEqual([])
})
