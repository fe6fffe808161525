/** Checks the figures of README.md, and runs its programs and those of docs/client.md unchanged. They import `dist`: build first. */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest"
import * as Demo from "../../demo/Demo.ts"
import { waitFor } from "../setup/waitFor.ts"

const readme = readFileSync("README.md", "utf8")
const client = readFileSync("docs/client.md", "utf8")
const programsOf = (text: string) =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, program = ""]) => program)

/** The bot with Effect, the one without, and its test. */
const programs = [
  ...programsOf(readme).filter((program) => program.includes("process.argv")),
  ...programsOf(client).filter((program) => /process\.argv|node:assert/.test(program)),
]

test("the README has at most 150 lines", () => {
  expect(readme.split("\n").length - 1).toBeLessThanOrEqual(150)
})

test("the README says what a main script may weigh", () => {
  const [, kilobytes = ""] = /at most ([\d.]+) KB/.exec(readme) ?? []
  const budget = (Number(kilobytes) * 1024).toLocaleString("en").replace(",", "_")
  for (const script of ["ws.min.js", "hx-ws.min.js"])
    expect(readFileSync("benchmarks/size.ts", "utf8")).toContain(`"${script}": ${budget},`)
})

test("each row against the official script is a scenario that it fails", () => {
  const rows = Array.from(readme.matchAll(/^\| (.+) \| no \| yes \|$/gm), ([, title = ""]) => title)
  expect(rows).not.toEqual([])
  const scenarios = globSync("test/browser/defects/*.test.ts")
    .map((path) => readFileSync(path, "utf8").replace(/\$\{how\}/, "closes with 1013"))
    .join("\n")
  expect(rows.filter((title) => !scenarios.includes(title))).toEqual([])
})

let folder = ""
const file = (index: number) => join(folder, `program${index}.ts`)

beforeAll(() => {
  folder = mkdtempSync("dist/readme-")
  for (const [index, program] of programs.entries()) writeFileSync(file(index), program)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a program of the README. Returns the lines that it has printed so far. */
const run = (index: number, url: string) => {
  const printed: Array<string> = []
  const child = spawn(process.execPath, [file(index), url], { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill())
  child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(...text.trim().split("\n")))
  return printed
}

const demo = async () => {
  const scope = Scope.makeUnsafe()
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const { url } = await Effect.runPromise(Demo.start({ port: 0 }).pipe(Scope.provide(scope)))
  return `${url.replace("http", "ws")}/chatroom.json`
}

test("there are three, and they compile", () => {
  expect(programs).toHaveLength(3)
  const config = { extends: "../../tsconfig.json", include: ["."] }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const { stdout } = spawnSync("node_modules/.bin/tsc", ["-p", folder], { encoding: "utf8" })
  expect(stdout).toBe("")
}, 60_000)

test("the one with Effect has fifteen lines, and chats with the one without in the demo", async () => {
  expect(programs[0]?.split("\n").filter((line) => line.trim() !== "")).toHaveLength(15)
  const url = await demo()
  const ada = run(0, url)
  await waitFor(() => ada.includes("Ada: Hello"), 15_000)
  const bob = run(1, url)
  await waitFor(() => ada.includes("Bob: Hello") && bob.length > 0, 15_000)
  expect(ada).toEqual([
    "Connecting",
    "Open",
    expect.stringMatching(/^heard at \d{4}-.*Z$/),
    "Ada: Hello",
    "Bob: Hello",
  ])
  expect(bob).toEqual(["Bob: Hello"])
}, 40_000)

test("the test program exits without output", () => {
  expect(execFileSync(process.execPath, [file(2)], { encoding: "utf8", timeout: 20_000 })).toBe("")
}, 30_000)
