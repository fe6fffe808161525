/** Checks which folders and files of src may import from which. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }

/** The folders that a folder may import from, besides itself. Client and htmx meet only on a page. */
const folders: Record<string, Array<string>> = {
  core: [],
  client: ["core"],
  htmx: ["core"],
  element: ["client", "channel", "htmx", "core"],
  testing: ["core"],
  channel: [],
  server: ["channel"],
  companions: [],
  browser: ["htmx", "companions"],
  cli: ["companions"],
  "index.ts": ["client", "core"],
  "htmx2.ts": ["htmx", "element"],
  "htmx4.ts": ["htmx", "element"],
}

/** The layers of the core, lowest first: a file imports only from layers below its own. */
const layers = [
  [
    "CloseCode.ts",
    "Decoder.ts",
    "duration.ts",
    "elapsed.ts",
    "guard.ts",
    "inWords.ts",
    "isToken.ts",
    "queueHandshake.ts",
    "sleepOrWake.ts",
    "webSocketUrl.ts",
  ],
  ["payloadOf.ts", "SerialQueue.ts"],
  ["Payload.ts"],
  ["Socket.ts"],
  ["dial.ts"],
  ["Outbox.ts", "Heartbeat.ts", "Reconnect.ts"],
  ["Backoff.ts", "State.ts", "defaults.ts"],
  ["Hooks.ts"],
  ["Sender.ts"],
  ["Connection.ts"],
]

const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")

const files = globSync("src/**/*.ts")
  .map((path) => ({
    path: relative("src", path).split(sep).join("/"),
    code: withoutComments(readFileSync(path, "utf8")),
  }))
  .sort((a, b) => a.path.localeCompare(b.path))

const imports = files.flatMap(({ path, code }) =>
  [...code.matchAll(/(?<!-)(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, target = ""]) => ({
    path,
    target,
  })),
)

const inside = imports
  .filter(({ target }) => target.startsWith("."))
  .map(({ path, target }) => ({ path, target: join(dirname(path), target).split(sep).join("/") }))

const folderOf = (path: string) => path.split("/")[0] ?? ""
const layerOf = (path: string) => layers.findIndex((files) => files.includes(path.replace("core/", "")))
const arrows = (list: ReadonlyArray<{ path: string; target: string }>) =>
  list.map(({ path, target }) => `${path} -> ${target}`)

test("every file of src is in a listed folder, every file of the core in a layer", () => {
  const lost = files.filter(
    ({ path }) => !(folderOf(path) in folders) || (folderOf(path) === "core" && layerOf(path) < 0),
  )
  expect(lost.map(({ path }) => path)).toEqual([])
})

test("folders import one way: browser -> htmx -> core, client -> core, element -> client", () => {
  const wrong = inside.filter(({ path, target }) => {
    const [from, to] = [folderOf(path), folderOf(target)]
    return to !== ".." && from !== to && !folders[from]?.includes(to)
  })
  expect(arrows(wrong)).toEqual([])
})

test("code for one generation of htmx imports nothing of another, and shared code nothing of either", () => {
  const generationOf = (path: string) => /^htmx\/(v\d)\//.exec(path)?.[1]
  const wrong = inside.filter(({ path, target }) => {
    const [from, to] = [generationOf(path), generationOf(target)]
    return folderOf(path) === "htmx" && to !== undefined && from !== to
  })
  expect(arrows(wrong)).toEqual([])
})

/** The cases of the wire are data, for the tests of all clients and servers, and for the command that checks a server. */
const golden = "../test/protocol/golden.json"

test("nothing in src imports from outside of it, but the command the cases of the wire", () => {
  const outside = inside.filter(({ target }) => target.startsWith(".."))
  const wrong = outside.filter(({ path, target }) => folderOf(path) !== "cli" || target !== golden)
  expect(arrows(wrong)).toEqual([])
})

test("the client of an element imports only types from the extension", () => {
  const wrong = files.filter(
    ({ path, code }) =>
      folderOf(path) === "element" && /^(?:im|ex)port (?!type )[^"]*"\.\.\/htmx\//m.test(code),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test("the core imports downwards: Connection -> Sender -> Outbox, Heartbeat, Reconnect -> Socket -> CloseCode", () => {
  const wrong = inside.filter(
    ({ path, target }) =>
      folderOf(path) === "core" && folderOf(target) === "core" && layerOf(target) >= layerOf(path),
  )
  expect(arrows(wrong)).toEqual([])
})

test("no file imports itself over others, not even for types", () => {
  const circles: Array<string> = []
  const walked = new Set<string>()
  const walk = (path: string, way: ReadonlyArray<string>) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" -> "))
    if (walked.has(path)) return
    walked.add(path)
    for (const { target } of inside.filter((arrow) => arrow.path === path)) walk(target, [...way, path])
  }
  for (const { path } of files) walk(path, [])
  expect(circles).toEqual([])
})

test("src imports its own files with .ts endings, and from packages only single modules of Effect", () => {
  // The command runs on Node, with all that it needs in its file.
  const isKnown = (path: string, target: string) =>
    folderOf(path) === "cli" ? /^node:|^parse5$/.test(target) : target.startsWith("effect/")
  const wrong = imports.filter(({ path, target }) =>
    target.startsWith(".") ? !target.endsWith(".ts") && !target.endsWith(golden) : !isKnown(path, target),
  )
  expect(arrows(wrong)).toEqual([])
})

test("only the server, and the socket of the client, use modules of Effect that are tagged unstable", () => {
  const wrong = imports.filter(
    ({ path, target }) =>
      /^effect\/(?:http|socket|persistence)\//.test(target) &&
      folderOf(path) !== "server" &&
      path !== "client/EffectSocket.ts",
  )
  expect(arrows(wrong)).toEqual([])
})

test("every file is an entry or imported by another", () => {
  const built = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [] : [entry.default],
  )
  const roots = built.map((file) => file.replace("./dist/", "").replace(/\.js$/, ".ts"))
  const known = new Set([...roots, "cli/main.ts", ...inside.map(({ target }) => target)])
  const orphans = files.filter(({ path }) => folderOf(path) !== "browser" && !known.has(path))
  expect(orphans.map(({ path }) => path)).toEqual([])
})

test("`any` appears only in the types of htmx's internals", () => {
  const loose = files.filter(
    ({ path, code }) => !path.endsWith("/HtmxApi.ts") && /(?:[:<,|&=(]|\bas)\s*any\b/.test(code),
  )
  expect(loose.map(({ path }) => path)).toEqual([])
})
