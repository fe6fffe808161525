/**
 * Checks the blocks of code and the links of all Markdown. `ts` is compiled and run in examples.test.ts, and the pages of
 * docs/recipes.md are used in recipes.test.ts. Pages are shown with what was built: build first.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { parseSync } from "rolldown/utils"
import { describe, expect, test } from "vitest"
import { slug } from "../../docs/site/.vitepress/slug.ts"
import manifest from "../../package.json" with { type: "json" }
import { lint } from "../../src/cli/lint.ts"
import { openPage } from "../htmx/kit/openPage.ts"
import { openPage4 } from "../htmx/kit/openPage4.ts"
import { type Block, blocks, markdown, partsOf } from "../setup/blocks.ts"

const of = (language: string) =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => ({ ...block, at: `${block.path}:${block.line}` }))

/** Languages that no test here reads, and why each may stand in which file. */
const permitted: Record<string, string> = {
  ts: "compiled, and run, by examples.test.ts",
  "mermaid docs/architecture.md":
    "held against the imports by architecture.test.ts, and drawn by `npm run site`",
  "nginx docs/doctor.md": "a few lines of a configuration, for which there is no nginx here",
  "python docs/resume.md": "the outline of a class, which PROTOCOL.md says in full",
  text: "what something prints",
}
const read = ["html", "js", "json", "sh", "css"]

test("every block is of a language that is checked, or may stand where it is", () => {
  const others = blocks.filter(
    ({ language, path }) =>
      !read.includes(language) && !(language in permitted) && !(`${language} ${path}` in permitted),
  )
  expect(
    others.map(({ language, line, path }) => `${path}:${line} is ${language || "of no language"}`),
  ).toEqual([])
})

/** The bad pages of the rules are mistakes, and lint.test.ts makes them. */
const pages = of("html").filter(({ path }) => path !== "docs/rules.md")
const isFrame = ({ text }: Block) => text.startsWith("<!-- frame -->")

/** Where the scripts of pages are from. */
const isScript = (source: string) =>
  /^(?:htmx|idiomorph-ext)\.min\.js$/.test(basename(source)) ||
  /^https:\/\/unpkg\.com\/htmx\.org@/.test(source) ||
  existsSync(join("dist", basename(source)))

const companions = ["resume", "delivery", "keep", "signals", "doctor", "inspector"].map(
  (name) => `/dist/ws-${name}.js`,
)

/** Shows a page with the extension, and returns what is on the console and how many connections were dialled. */
const show = async ({ path, text }: Block) => {
  const { htmx: line } = lint([{ path, text }])
  const { inline, scripts, ...parts } = partsOf(text)
  const wanted = parts.body.match(/\s(?:hx-ws:|ws-)connect=/g)?.length ?? 0
  const options = { ...parts, scripts: [...new Set([...scripts, ...companions])] }
  const page = line === "4" ? await openPage4(options) : await openPage({ ...options, htmx: line })
  using _ = page
  page.window.eval(inline)
  return { console: page.console, dialled: page.sockets.length, wanted }
}

describe("html", () => {
  test.for(pages)("$at names scripts that there are, and the linter finds no mistake", ({ path, text }) => {
    const sources = Array.from(text.matchAll(/<script[^>]*\ssrc="([^"]+)"/g), ([, source = ""]) => source)
    expect(sources.filter((source) => !isScript(source))).toEqual([])
    expect(lint([{ path, text }]).found.map(({ sentence }) => sentence)).toEqual([])
  })

  test.for(pages.filter((block) => !isFrame(block)))(
    "$at connects what it says, and leaves the console silent",
    async (block) => {
      const { console, dialled, wanted } = await show(block)
      expect(console).toEqual([])
      expect(dialled).toBe(wanted)
    },
  )
})

describe("js", () => {
  const isModule = ({ text }: Block) => /^import /m.test(text)

  test.for(of("js").filter(isModule))("$at can be read, and imports what there is", ({ at, text }) => {
    const { errors, module } = parseSync(`${at}.js`, text)
    expect(errors).toEqual([])
    const names = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
    expect(
      names.filter(
        (name) =>
          !name.startsWith("node:") && !(name in manifest.devDependencies) && !name.startsWith(manifest.name),
      ),
    ).toEqual([])
  })

  test.for(of("js").filter((block) => !isModule(block)))("$at runs in a page", async ({ text }) => {
    const page = /htmx:ws:/.test(text)
      ? await openPage4({ scripts: ["/dist/ws-inspector.js"] })
      : await openPage({ htmx: "2", scripts: ["/dist/ws-inspector.js"] })
    using _ = page
    expect(() => page.window.eval(text)).not.toThrow()
    expect(page.console).toEqual([])
  })
})

describe("json, css and sh", () => {
  test.for(of("json"))("$at is JSON", ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })

  test.for(of("sh"))("$at runs commands that there are", ({ text }) => {
    const lines = text.split("\n").filter((line) => line !== "")
    const unknown = lines.filter((line) => {
      const [command = "", first = "", second = ""] = line.split(/\s+/)
      if (command === "npm")
        return !(
          /^(?:install|pack|ci)$/.test(first) || (first === "run" ? second : first) in manifest.scripts
        )
      if (command === "npx") return !(first in manifest.bin || existsSync(join("node_modules/.bin", first)))
      // What every Unix has.
      return !/^(?:#|cp|diff|patch)$/.test(command)
    })
    expect(unknown).toEqual([])
  })
})

/** The headings of a file, as links name them. */
const anchorsOf = (path: string): ReadonlySet<string> => {
  const prose = readFileSync(path, "utf8").replace(/^```[\s\S]*?^```$/gm, "")
  return new Set(
    Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => slug(heading.replace(/[`*]/g, ""))),
  )
}

test.for(markdown.map((path) => ({ path })))("the links of $path lead somewhere", ({ path }) => {
  const prose = readFileSync(path, "utf8")
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/`[^`\n]*`/g, "")
  const links = Array.from(prose.matchAll(/\]\(([^()\s]+)\)/g), ([, link = ""]) => link)
  const broken = links.filter((link) => {
    if (/^(?:[a-z]+:|\/)/.test(link)) return false
    const [name = "", anchor] = link.split("#")
    const file = name === "" ? path : join(dirname(path), name)
    return !existsSync(file) || (anchor !== undefined && file.endsWith(".md") && !anchorsOf(file).has(anchor))
  })
  expect(broken).toEqual([])
})
