/** Checks what editors and agents are told of the attributes. Reads `dist`: build first. */
import { globSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { attributes, customData, skill, webTypes } from "../../build/editors.ts"
import manifest from "../../package.json" with { type: "json" }
import { examples } from "../../src/cli/examples.ts"

const names = attributes.map(({ name }) => name)

test("the files in dist are those that the build writes", () => {
  expect(JSON.parse(readFileSync(manifest["web-types"], "utf8"))).toEqual(webTypes())
  expect(JSON.parse(readFileSync("dist/html-custom-data.json", "utf8"))).toEqual(customData())
  expect(readFileSync("dist/skills/htmx-ws.md", "utf8")).toBe(skill())
})

test("every attribute that a companion reads is described", () => {
  const read = globSync("src/companions/{*,resume/*}.ts").flatMap((path) =>
    Array.from(
      readFileSync(path, "utf8").matchAll(
        /\b(?:spellings|spellingOf|attributeOf|selectorFor)\(htmx, (?:\w+, )?"([a-z]+)"/g,
      ),
      ([, name = ""]) => name,
    ),
  )
  expect(read).toContain("resync")
  expect(read.filter((name) => !names.includes(name))).toEqual([])
})

test.for(attributes)("ws-$name is on the page that its description names", ({ name, page }) => {
  expect(readFileSync(`docs/${page}.md`, "utf8")).toContain(`ws-${name}`)
})

test("both kinds of editors know the spellings of htmx 2 and 4", () => {
  const spelled = webTypes().contributions.html.attributes.map(({ name }) => name)
  expect(spelled).toEqual(customData().globalAttributes.map(({ name }) => name))
  expect(spelled).toEqual(expect.arrayContaining(["ws-connect", "hx-ws:connect", "ws-config"]))
  expect(spelled).not.toContain("hx-ws:config")
})

test("the skill has every mistake of the linter", () => {
  expect(examples.filter(({ title }) => !skill().includes(title))).toEqual([])
})
