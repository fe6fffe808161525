/** The programs of all Markdown and of doc comments compile and run. They import what was built: build first. */
import { execFileSync, spawnSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Block, blocks, blocksOf } from "../setup/blocks.ts"

interface Program {
  readonly file: string
  readonly program: string
}

const programOf = ({ nth, path, text }: Block): Program => ({
  file: `${path.replace(/\W/g, "-")}-${nth}.ts`,
  program: text,
})
const documented = globSync("src/{channel,client,core,element,server,testing,htmx/v2,htmx/v4}/*.ts")
  .sort()
  .flatMap((path) => blocksOf(path, readFileSync(path, "utf8").replace(/^ *\* ?/gm, "")))
const programs = [...blocks, ...documented].filter(({ language }) => language === "ts").map(programOf)

/** Programs that readme.test.ts runs: two talk to the demo, one is a test. */
const isRunElsewhere = ({ file, program }: Program) =>
  /^(?:README|docs-client)/.test(file) && /process\.argv|node:assert/.test(program)

const needsPage = ({ program }: Program) =>
  /\bdocument\.|"htmx\.org"/.test(program) && !program.includes("jsdom")
/** Servers run until they are ended: in the browser tests. */
const isServer = ({ program }: Program) => program.includes("NodeRuntime.runMain")

/** A WebSocket whose server accepts every connection and sends a greeting. */
const server = `
import { TestPeer } from "htmx-ext-effect-ws/testing"
globalThis.WebSocket = TestPeer.make({
  answer: (link) => {
    link.accept()
    link.send('{"by":"Ann","text":"Hi"}')
  },
}).WebSocket
`

let folder = ""
beforeAll(() => {
  folder = mkdtempSync("dist/examples-")
  for (const { file, program } of programs) {
    const htmx = program.includes("htmx-ext-effect-ws/htmx4") ? "htmx-4" : "htmx-2"
    writeFileSync(join(folder, file), program.replace("htmx.org", htmx))
  }
  writeFileSync(join(folder, "server.js"), server)
})
afterAll(() => rmSync(folder, { recursive: true }))

test("all compile", () => {
  const config = { extends: "../../tsconfig.json", include: ["."] }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const { stdout } = spawnSync("node_modules/.bin/tsc", ["-p", folder], { encoding: "utf8" })
  expect(stdout).toBe("")
}, 60_000)

/** The output of each program. Those of elements, and of the extension, need a page. */
const printed: Record<string, string> = {
  "docs-client-md-0.ts": "",
  "docs-client-md-1.ts": "",
  "docs-client-md-2.ts": "",
  "docs-client-md-3.ts": "Ann: Hi\n",
  "docs-client-md-4.ts": "",
  "docs-client-md-6.ts": "",
  "docs-client-md-9.ts": `[ '{"text":"Hello"}' ]\n`,
  "docs-schedules-md-1.ts": "",
  "docs-server-md-1.ts": "",
  "docs-server-md-3.ts": "<li>one</li>\n",
  "docs-server-md-4.ts": "",
  "docs-server-md-5.ts": "",
  "docs-testing-md-1.ts": "",
  "src-channel-Channel-ts-0.ts": "",
  "src-client-EffectSocket-ts-0.ts": `[ '{"by":"Ann","text":"Hi"}' ]\n`,
  "src-client-Reconnect-ts-0.ts": "",
  "src-client-Resume-ts-0.ts": "Hi\n",
  "src-client-Telemetry-ts-0.ts": "",
  "src-client-WsClient-ts-0.ts": "Ann: Hi\n",
  "src-client-WsClient-ts-1.ts": "",
  "src-client-connect-ts-0.ts": "Ann: Hi\n",
  "src-core-CloseCode-ts-0.ts": "true false\n",
  "src-core-Reconnect-ts-0.ts": "",
  "src-core-Socket-ts-0.ts": "",
  "src-server-Crossws-ts-0.ts": "",
  "src-server-Peer-ts-0.ts": "",
  "src-server-RedisLog-ts-0.ts": "",
  "src-server-Room-ts-0.ts": "<li>It rains</li>\n",
  "src-server-Room-ts-1.ts": "",
  "src-server-RoomLog-ts-0.ts": "",
  "src-server-html-ts-0.ts":
    '<ul><li title="&#60;b&#62;">&#60;b&#62;</li><li title="&#38;">&#38;</li></ul>\n',
  "src-server-html-ts-1.ts": "<p><b>bold</b></p>\n",
  "src-testing-TestPeer-ts-0.ts": "",
  "src-testing-TestPeer-ts-1.ts": `[ '{"text":"Hello"}' ]\n`,
}

test("every program that needs no page is run", () => {
  const files = programs
    .filter((each) => !needsPage(each) && !isServer(each) && !isRunElsewhere(each))
    .map(({ file }) => file)
  expect(files).toEqual(Object.keys(printed))
})

test.for(Object.entries(printed))("%s runs to its end", { timeout: 30_000 }, ([file, output]) => {
  const args = ["--import", `./${join(folder, "server.js")}`, join(folder, file)]
  expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 })).toBe(output)
})
