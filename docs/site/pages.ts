/** The pages of the site: the repository's Markdown, with its links led to other pages. */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { completeFront } from "./front.ts"

/** Where each file of the repository stands on the site. */
export const pages: ReadonlyMap<string, string> = new Map([
  ...globSync("docs/*.md").map((path) => [path, basename(path)] as const),
  ...globSync("docs/site/*.md").map((path) => [path, basename(path)] as const),
  ["PROTOCOL.md", "protocol.md"],
  ["CONTRIBUTING.md", "contributing.md"],
  ["benchmarks/RESULTS.md", "benchmarks.md"],
  ["benchmarks/SIZE.md", "size.md"],
  ["build/README.md", "lean-build.md"],
  ...(existsSync("CHANGELOG.md") ? [["CHANGELOG.md", "changelog.md"] as const] : []),
])

/** The address of a file in the public repository, if there is one. */
const inRepository = (path: string): string | undefined => {
  const { repository } = manifest as { readonly repository?: { readonly url: string } | string }
  const url = typeof repository === "string" ? repository : repository?.url
  if (url === undefined) return undefined
  const kind = statSync(path).isDirectory() ? "tree" : "blob"
  return `${url.replace(/^git\+|\.git$/g, "")}/${kind}/main/${path}`
}

/** Leads a link of a file to the page on the site, or else to the file in the repository. */
const link = (from: string, text: string, target: string): string => {
  if (/^(?:[a-z]+:|#|\/)/.test(target)) return `[${text}](${target})`
  const [path = "", fragment] = target.split("#")
  const file = join(dirname(from), path)
  if (!existsSync(file)) throw new Error(`${from}: there is no ${target}`)
  const page = pages.get(file)
  if (page !== undefined)
    return `[${text}](${[`./${page}`, fragment].filter((part) => part !== undefined).join("#")})`
  if (/\.svg$/.test(file)) return `[${text}](./${basename(file)})`
  const address = inRepository(file)
  return address === undefined ? text : `[${text}](${address})`
}

/** Applies `change` to what is in no block of code. */
const outsideOfCode = (markdown: string, change: (text: string) => string): string =>
  markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part) => (part.startsWith("```") ? part : change(part)))
    .join("")

/** A diagram of a page, to be drawn. */
export interface Diagram {
  /** The names of its two images, for light and dark pages. */
  readonly images: readonly [light: string, dark: string]
  readonly source: string
}

/** Writes the pages into a folder. Returns their diagrams, which are to be put there. */
export const writePages = (folder: string): ReadonlyArray<Diagram> => {
  const diagrams: Array<Diagram> = []
  mkdirSync(folder, { recursive: true })
  for (const image of globSync("docs/*.svg")) cpSync(image, join(folder, basename(image)))
  for (const [path, page] of pages) {
    const drawn = readFileSync(path, "utf8").replace(
      /^```mermaid\n([\s\S]*?)^```$/gm,
      (_, source: string) => {
        const name = `${basename(page, ".md")}-${diagrams.length}`
        const images = [`${name}-light.svg`, `${name}-dark.svg`] as const
        diagrams.push({ images, source })
        return images
          .map((image, at) => `<img class="diagram ${at === 0 ? "light" : "dark"}" src="./${image}" alt="">`)
          .join("")
      },
    )
    const linked = outsideOfCode(drawn, (text) =>
      text.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g, (_, words: string, target: string) =>
        link(path, words, target),
      ),
    )
    writeFileSync(join(folder, page), page === "index.md" ? completeFront(linked) : linked)
  }
  return diagrams
}
