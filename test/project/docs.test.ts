/** Checks the tables of settings against the code. */

import { globSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { expect, test } from "vitest"
import { pages } from "../../docs/generate.ts"
import * as Backoff from "../../src/core/Backoff.ts"
import { abandoned } from "../../src/core/dial.ts"
import * as Settings from "../../src/htmx/Settings.ts"
import { defaults as defaults2 } from "../../src/htmx/v2/extension.ts"
import { defaults as defaults4 } from "../../src/htmx/v4/extension.ts"

test.for(pages())("$path is as `npm run docs` writes it", ({ path, text }) => {
  expect(readFileSync(path, "utf8")).toBe(text)
})

test("each section of figures ends before the next one begins", () => {
  for (const path of globSync("docs/*.md")) {
    const marks = readFileSync(path, "utf8").match(/^<!-- (?:measured:|npm run|end)/gm) ?? []
    const ends = marks.map((mark) => mark.endsWith("end"))
    expect(ends, path).toEqual(marks.map((_, at) => at % 2 === 1))
  }
})

test.for(["v2", "v4"])("every event of %s that has a row is one that the code dispatches", (folder) => {
  const named = (text: string) => [...new Set(text.match(/(?<=")htmx:ws[\w:]*(?=")/g))].sort()
  const code = globSync(`src/htmx/${folder}/*.ts`)
    .filter((path) => !path.endsWith("WsEvents.ts"))
    .map((path) => readFileSync(path, "utf8"))
  const described = named(
    readFileSync(`src/htmx/${folder}/WsEvents.ts`, "utf8").replace(/\/\*\*[\s\S]*?\*\//g, ""),
  )
  expect(described.length).toBeGreaterThan(10)
  expect(named(code.join())).toEqual(described)
})

test("every event of a companion has a row", () => {
  const page = readFileSync("docs/events.md", "utf8")
  const names = globSync("src/companions/**/*.ts").flatMap((path) => [
    ...readFileSync(path, "utf8").matchAll(/: Names = \["(\w+)", "([\w:]+)"\]/g),
  ])
  expect(names.length).toBeGreaterThan(15)
  expect(
    names
      .flatMap(([, on2 = "", on4 = ""]) => [`htmx:${on2}`, `htmx:${on4}`])
      .filter((name) => !page.includes(`\`${name}\``)),
  ).toEqual([])
})

const rows = readFileSync("docs/settings.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => {
    const [, key = "", value = "", value4 = "", meaning = "", example = ""] = line
      .split("|")
      .map((cell) => cell.trim().replace(/^`|`$/g, ""))
    return {
      key,
      value,
      value4: value4 || value,
      meaning,
      example,
    }
  })

/** Returns the settings of a source, with the policy replaced by its first delays. */
const resolve = (value: unknown, defaults = defaults2) => {
  const sentences: Array<string> = []
  const { reconnectPolicy, ...rest } = Settings.resolve([{ name: "here", value }], defaults, (sentence) =>
    sentences.push(sentence),
  )
  const backoff = Backoff.make({ reconnectPolicy, reconnectMaxAttempts: Infinity }, () => true)
  const random = { nextDoubleUnsafe: () => 0.7, nextIntUnsafe: () => 1 }
  const delays = Array.from({ length: 9 }, () =>
    Effect.runSync(Effect.provideService(backoff.next(abandoned("")), Random.Random, random)),
  )
  return { settings: { ...rest, delays }, sentences }
}

test("every setting has a row, and every row a setting", () => {
  expect(rows.map(({ key }) => key)).toEqual(Object.keys(Settings.decoders))
})

test.for(rows.filter(({ value }) => value !== "–"))("the default of $key is $value", ({ key, value }) => {
  expect(resolve({ [key]: JSON.parse(value) })).toEqual({ settings: resolve({}).settings, sentences: [] })
})

test.for(rows.filter(({ value }) => value !== "–"))(
  "the default of $key on htmx 4 is $value4",
  ({ key, value4 }) => {
    expect(resolve({ [key]: JSON.parse(value4) }, defaults4)).toEqual({
      settings: resolve({}, defaults4).settings,
      sentences: [],
    })
  },
)

test.for(rows)("the example $example can be read, and changes something", ({ key, example }) => {
  expect(example.startsWith(`${key}:`)).toBe(true)
  const on = key.startsWith("heartbeat") ? `heartbeat:1s, ${example}` : example
  const { settings, sentences } = resolve(on)
  expect(sentences).toEqual([])
  expect(settings).not.toEqual(resolve(key === "heartbeat" ? {} : on.replace(example, "")).settings)
})
