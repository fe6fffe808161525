/** The blocks of code in the project's Markdown, of which each is compiled, run or read by a test. */
import { existsSync, globSync, readFileSync } from "node:fs"
import { JSDOM } from "jsdom"

export interface Block {
  readonly path: string
  /** The line of its fence, from 1. */
  readonly line: number
  /** Its number among those of its language in the file, from 0. */
  readonly nth: number
  readonly language: string
  readonly text: string
  /** The heading that it is under. */
  readonly heading: string
}

const isOurs = (path: string) => !/(?:^|\/)(?:node_modules|dist)\//.test(path)

/** The project's Markdown files. */
export const markdown: ReadonlyArray<string> = [
  ...globSync("*.md"),
  ...globSync("{benchmarks,build,demo,docs,src,test}/**/*.md", {
    exclude: (path) => /^(?:node_modules|dist)$/.test(String(path)),
  }).filter(isOurs),
].sort()

/** The blocks of a text, in order. */
export const blocksOf = (path: string, text: string): ReadonlyArray<Block> => {
  const counts = new Map<string, number>()
  return Array.from(
    text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm),
    ({ 1: language = "", 2: code = "", index }) => {
      const nth = counts.get(language) ?? 0
      counts.set(language, nth + 1)
      const before = text.slice(0, index)
      const heading = [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? ""
      return { path, line: before.split("\n").length, nth, language, text: code, heading }
    },
  )
}

/** All blocks of the Markdown files. */
export const blocks: ReadonlyArray<Block> = markdown.flatMap((path) =>
  blocksOf(path, readFileSync(path, "utf8")),
)

/** A page in parts, since the kit of tests brings htmx and the extension. */
export const partsOf = (html: string) => {
  const { document } = new JSDOM(html).window
  const all = [...document.querySelectorAll("script")]
  for (const script of all) script.remove()
  const names = all.flatMap(({ src }) => /([\w-]+)\.min\.js$/.exec(src)?.[1] ?? [])
  const { body, head } = document
  return {
    head: head.innerHTML,
    body: body.innerHTML,
    on: Array.from(body.attributes, ({ name, value }) => `${name}="${value}"`).join(" ") || 'hx-ext="ws"',
    scripts: names
      .filter((name) => !/^(?:htmx|ws|hx-ws)$/.test(name))
      .map((name) =>
        existsSync(`dist/${name}.js`) ? `/dist/${name}.js` : `/${name.replace("-ext", "")}.js`,
      ),
    inline: all
      .filter(({ type }) => type === "")
      .map(({ textContent }) => textContent)
      .join("\n"),
  }
}
