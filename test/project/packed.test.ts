/** Uses the package as npm packs it; `npm run fresh` does so in whole projects. Reads `dist`: build first. */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { pack } from "../fresh/Project.ts"

const entries = Object.keys(manifest.exports)
  .filter((entry) => !/[*]|json$/.test(entry))
  .map((entry) => entry.replace(".", manifest.name))

let folder = ""
beforeAll(async () => {
  folder = mkdtempSync("dist/packed-")
  const installed = join(folder, "node_modules", manifest.name)
  mkdirSync(installed, { recursive: true })
  execFileSync("tar", ["-xzf", await pack(folder), "-C", installed, "--strip-components", "1"])
  // Otherwise the name of the package would mean this repository.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", type: "module" }))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

test("Node imports every entry, and the client sends", () => {
  const program = `
    import { connect } from "${manifest.name}"
    import { TestPeer } from "${manifest.name}/testing"
    for (const entry of ${JSON.stringify(entries)}) await import(entry)
    const peer = TestPeer.make({ answer: "accept" })
    globalThis.WebSocket = peer.WebSocket
    await using chat = connect("wss://example.org/chat")
    await chat.send({ text: "Hello" })
    console.log(import.meta.resolve("${manifest.name}").includes("packed-"), peer.received)`
  writeFileSync(join(folder, "program.js"), program)
  const printed = execFileSync(process.execPath, [join(folder, "program.js")], { encoding: "utf8" })
  expect(printed).toBe(`true [ '{"text":"Hello"}' ]\n`)
}, 30_000)

test("its declarations compile with nodenext, and those of libraries are checked", () => {
  const imports = entries.map((entry, at) => `export * as entry${at} from "${entry}"`)
  writeFileSync(join(folder, "program.ts"), imports.join("\n"))
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"],
    types: [],
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }))
  execFileSync("node_modules/.bin/tsc", ["-p", folder], { encoding: "utf8" })
}, 60_000)
