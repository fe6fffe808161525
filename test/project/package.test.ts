/** Checks the package that npm installs. Reads `dist`: build first. */
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }

const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === "string" ? [] : [{ name, ...entry }],
)

test.for(entries)("the entry $name has its module and its declarations", ({ default: module, types }) => {
  expect([module, types].filter((path) => !existsSync(path))).toEqual([])
})

test.for(entries)("the entry $name can be imported without a page", async ({ name }) => {
  const module = await import(/* @vite-ignore */ name.replace(/^\./, manifest.name))
  expect(Object.keys(module)).not.toEqual([])
})

test("the package weighs less than 1.8 MB unpacked", () => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8" }),
  )
  expect(packed.unpackedSize).toBeLessThan(1_800_000)
}, 30_000)
