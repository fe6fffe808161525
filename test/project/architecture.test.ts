/** Checks docs/architecture.md against the code: folders, imports, states and files. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"

const page = readFileSync("docs/architecture.md", "utf8")
const diagrams = [...page.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(([, diagram = ""]) => diagram)
const [folders = "", states = "", ...ways] = diagrams

const matches = (text: string, pattern: RegExp): Array<string> =>
  [...new Set(Array.from(text.matchAll(pattern), ([, name = ""]) => name))].sort()

test("the diagram has the folders of src", () => {
  const existing = readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(matches(folders, /^ {2}(\w+)\[/gm)).toEqual(existing.map(({ name }) => name).sort())
})

test("the arrows of the diagram are the imports between folders", () => {
  const arrows = new Set<string>()
  for (const path of globSync("src/*/**/*.ts")) {
    const from = path.split("/")[1]
    for (const [, target = ""] of readFileSync(path, "utf8").matchAll(/from "(\.[^"]*\.ts)"/g)) {
      const to = join(dirname(path), target).split("/")[1]
      if (to !== from) arrows.add(`${from} --> ${to}`)
    }
  }
  expect(matches(folders, /^ {2}(\w+ --> \w+)$/gm)).toEqual([...arrows].sort())
})

test("the states of the diagram are those of a connection", () => {
  const tags = matches(readFileSync("src/core/State.ts", "utf8"), /_tag: "(\w+)"/g)
  expect(matches(states.replaceAll("[*]", ""), /(?:^ {2}|--> )([A-Z]\w+)/gm)).toEqual(tags)
})

test("every step of a message names a file that exists", () => {
  const files = matches(ways.join(""), /\w\["([\w/]+)/g)
  const missing = files.filter(
    (name) => !["core", "htmx"].some((folder) => existsSync(`src/${folder}/${name}.ts`)),
  )
  expect([files.length > 0, missing]).toEqual([true, []])
})

test("every file that the page names exists", () => {
  const named = matches(page, /`(src\/[\w/.]+)`/g)
  expect([named.length > 0, named.filter((path) => !existsSync(path))]).toEqual([true, []])
})
