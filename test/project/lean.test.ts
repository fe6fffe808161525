/** Checks that the scripts do not use what their build leaves out of Effect. Reads `dist`: build first. */
import { globSync, readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { describe, expect, test } from "vitest"
import * as Payload from "../../src/core/Payload.ts"
import { decoders } from "../../src/htmx/Settings.ts"

const patches = globSync("build/patches/**/*.patch").map((path) => readFileSync(path, "utf8"))

/** Members of Effect's values that patches remove. Members that format a value are not called by name. */
const membersTaken = patches
  .flatMap((patch) => [...patch.matchAll(/^- {2}(\w+)(?:\(.*\) \{| = .*;)$/gm)].map(([, name = ""]) => name))
  .filter((name) => name !== "toString" && name !== "toJSON")

test("each patch states what it removes, why that is safe, and how many bytes it saves", () => {
  for (const patch of patches)
    expect(patch).toMatch(
      /^[A-Z].*\.\nGives \d+ bytes of ws\.min\.js and \d+ of hx-ws\.min\.js\.\n--- effect\//,
    )
})

describe.each(["ws", "hx-ws"])("dist/%s.min.js", (name) => {
  const readable = readFileSync(`dist/${name}.js`, "utf8")
  const minified = readFileSync(`dist/${name}.min.js`, "utf8")
  const map = new SourceMap(JSON.parse(readFileSync(`dist/${name}.min.js.map`, "utf8")))

  test.each(membersTaken)("does not call %s, which a patch removes", (member) => {
    expect(readable).not.toMatch(new RegExp(`[.]${member}\\b`))
  })

  test.each(["awaitTake", "scopeFork", "runSyncExitWith", "UnknownError"])(
    "does not use Effect's %s, which a patch breaks",
    (name) => {
      expect(readable).not.toMatch(new RegExp(`\\b(?:var|class) ${name}\\b`))
    },
  )

  test.each([
    ["did not open within", "/src/core/dial.ts"],
    ["effect/Clock", "/effect/src/internal/effect.ts"],
    ["Invalid Input: ", "/build/replacements/Duration.ts"],
  ])("maps “%s” to its line in %s", (text, file) => {
    const lines = minified.split("\n")
    const row = lines.findIndex((line) => line.includes(text))
    const entry = map.findEntry(row, lines[row]?.indexOf(text) ?? -1)
    const { sources, sourcesContent } = map.payload
    const source = "originalSource" in entry ? entry.originalSource : ""
    expect(source.slice(-file.length)).toBe(file)
    const line = "originalLine" in entry ? entry.originalLine : -1
    // The map has only the names of Effect's sources.
    const content = sourcesContent[sources.indexOf(source)] ?? readFileSync(`node_modules${file}`, "utf8")
    expect(content.split("\n")[line]).toContain(text)
  })
})

test.each(Object.entries({ ...decoders, payload: Payload.Payload, body: Payload.Body }))(
  "the schema of %s is a declaration without checks and transformations",
  (_, { ast }) => {
    expect(ast).toMatchObject({ _tag: "Declaration", checks: undefined, encoding: undefined })
    expect(ast).toMatchObject({ encodingChecks: undefined, typeParameters: [] })
  },
)
