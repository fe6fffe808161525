/** The command as it is installed. Runs `dist`: build first. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }

const command = join(process.cwd(), manifest.bin["htmx-ext-effect-ws"])
let folder = ""

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lint-"))
  mkdirSync(join(folder, "templates/parts"), { recursive: true })
  const write = (path: string, text: string) => writeFileSync(join(folder, "templates", path), text)
  write("chat.html", `<body hx-ext="ws">\n  <main ws-connect="/chat" hx-on::wsOpen="x"></main>\n</body>\n`)
  write("parts/form.jinja", `<form ws-send><input name="HEADERS"></form>\n`)
  write("good.html", `<p>Nothing of ours</p>\n`)
  write("notes.txt", `<form ws-send><input name="HEADERS"></form>\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    encoding: "utf8",
  })
  return { status, stderr, lines: stdout.trim().split("\n") }
}

const camel = `templates/chat.html:2:28 camel-case-event: hx-on::wsOpen hears nothing: names of attributes have no capitals in HTML. Write hx-on::ws-open.`
const reserved = `templates/parts/form.jinja:1:22 reserved-field: The field HEADERS of <form ws-send> never arrives: the headers of a message have that name. Give the field another name.`

test.for(["templates/**", "templates", "templates/**/*.{html,jinja}"])(
  "%s is every template in it",
  (pattern) => {
    expect(run("lint", pattern)).toEqual({
      status: 1,
      stderr: "2 mistakes (--fix rewrites 1) in 3 files for htmx 2\n",
      lines: [camel, reserved],
    })
  },
)

test("a file that is named is looked at whatever its ending", () => {
  expect(run("lint", "templates/notes.txt").lines).toEqual([
    reserved.replace("parts/form.jinja", "notes.txt"),
  ])
})

test("without mistakes it exits with 0", () => {
  expect(run("lint", "templates/good.html")).toEqual({
    status: 0,
    stderr: "0 mistakes in 1 file for htmx 2\n",
    lines: [""],
  })
})

test("--json prints the mistakes as JSON", () => {
  const { lines, status } = run("lint", "--json", "templates")
  expect(status).toBe(1)
  expect(JSON.parse(lines.join("\n"))).toMatchObject([
    { path: "templates/chat.html", line: 2, column: 28, rule: "camel-case-event", isFixable: true },
    { path: "templates/parts/form.jinja", rule: "reserved-field", isFixable: false },
  ])
})

test("--explain prints a rule with its pages", () => {
  const { lines, status } = run("lint", "--explain", "unquoted-from")
  expect([status, lines[0]]).toEqual([0, "## unquoted-from"])
  expect(lines.join("\n")).toContain(`from:'closest main'`)
})

test("--fix rewrites what it can, and reports the rest", () => {
  expect(run("lint", "--fix", "templates")).toEqual({
    status: 1,
    stderr: "1 mistake in 3 files for htmx 2, 1 mistake fixed\n",
    lines: [reserved],
  })
  expect(readFileSync(join(folder, "templates/chat.html"), "utf8")).toBe(
    `<body hx-ext="ws">\n  <main ws-connect="/chat" hx-on::ws-open="x"></main>\n</body>\n`,
  )
})

test("--fix also rewrites what its own changes have brought to light, and counts each change", () => {
  const path = join(folder, "nested.html")
  writeFileSync(path, `<body hx-ext="ws"><div hx-ext="ws, ws"><main ws-connect="/chat"></main></div></body>`)
  expect(run("lint", "--fix", "nested.html")).toEqual({
    status: 0,
    stderr: "0 mistakes in 1 file for htmx 2, 2 mistakes fixed\n",
    lines: [""],
  })
  expect(readFileSync(path, "utf8")).toBe(
    `<body hx-ext="ws"><div><main ws-connect="/chat"></main></div></body>`,
  )
})

/** Where nobody listens. */
const url = "ws://127.0.0.1:9/"

test.for([["--help"], ["lint", "--help"], ["check-server", "-h"]])("%j prints how to use it", (args) => {
  const { lines, status } = run(...args)
  expect([status, lines[0]?.split(":")[0]]).toEqual([0, "Usage"])
})

test.for([
  [[], /^Usage: /],
  [["lint"], /^Usage: /],
  [["lint", "--nonsense"], /^Unknown option '--nonsense'/],
  [["lint", "--htmx", "3", "templates"], /^--htmx 3 is no htmx: expected 1\.9, 2 or 4\.$/],
  [["lint", "--explain", "nonsense"], /^There is no rule nonsense: there are unknown-id, /],
  [["check-server"], /^Usage: htmx-ext-effect-ws check-server /],
  [
    ["check-server", "http://127.0.0.1/chat"],
    /^http:\/\/127\.0\.0\.1\/chat is no URL of a WebSocket: expected one that begins with ws:\/\/ or wss:\/\/\.$/,
  ],
  [["check-server", "--wire", "3", url], /^--wire 3 is no wire: expected html or 4\.$/],
  [["check-server", "--keep", "some", url], /^--keep some is no number above 0\.$/],
  [["check-server", "--header", "Cookie", url], /^--header "Cookie" is no header: expected "Name: value"\.$/],
  [
    ["check-server", "--send", "hello", url],
    /^--send hello is no JSON object: expected the values of a form, such as '\{"text": "hello"\}'\.$/,
  ],
  [["check-server", url], /^ws:\/\/127\.0\.0\.1:9\/ cannot be reached: ECONNREFUSED\.$/],
  [
    ["lint", "nowhere/**"],
    /^No template is named by nowhere\/\*\*: give files, folders or patterns in quotes\.$/,
  ],
] as const)("%j is not possible: it exits with 2 and a sentence", ([args, sentence]) => {
  const { status, stderr } = run(...args)
  expect(status).toBe(2)
  expect(stderr.trim()).toMatch(sentence)
})
