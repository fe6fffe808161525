/** Compiles programs against the built declarations with the oldest TypeScript that is supported. Build first. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import oldest from "../oldest/package.json" with { type: "json" }

const entries = Object.keys(manifest.exports)
  .filter((entry) => !/[*]|json$/.test(entry))
  .map((entry) => entry.replace(".", manifest.name))

const program = `
${entries.map((entry, at) => `import * as entry${at} from "${entry}"`).join("\n")}
import { connect, type Connected, type ConnectOptions } from "${manifest.name}"
export const all = [${entries.map((_, at) => `entry${at}`)}]
export const options: ConnectOptions<string, number> = { heartbeat: "25s", reconnect: (retryCount) => 100 * retryCount }
export const client: Connected<string, number> = connect("wss://example.org", options)
export const sent: Promise<void> = client.send("hello")
// @ts-expect-error
client.send(1)
`

let folder = ""
beforeAll(() => {
  folder = mkdtempSync("dist/types-")
  writeFileSync(join(folder, "program.ts"), program)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Returns the errors of the oldest TypeScript, which checks the declarations of libraries, too. */
const errors = (options: object): ReadonlyArray<string> => {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "ES2022",
    types: [],
    skipLibCheck: false,
    noEmit: true,
    ...options,
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }))
  const { stdout } = spawnSync("test/oldest/node_modules/.bin/tsc", ["-p", folder], { encoding: "utf8" })
  return stdout.split("\n").filter((line) => line.includes("error"))
}

const lib = ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"]

test.for([
  ["NodeNext", { module: "NodeNext", lib }],
  ["a bundler", { module: "ESNext", moduleResolution: "Bundler", lib }],
] as const)("the declarations compile for %s", { timeout: 120_000 }, ([, options]) => {
  expect(errors(options)).toEqual([])
})

test("README and docs name that TypeScript", () => {
  const [major, minor] = oldest.devDependencies.typescript.split(".")
  for (const page of ["README.md", "docs/client.md"])
    expect(readFileSync(page, "utf8")).toContain(`TypeScript from ${major}.${minor} on`)
})
