/**
 * Prints the script tags of a release, with the hashes of the files that are in `dist`: `npm run tags`. With `--write` it
 * renews those that documents show.
 */
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import manifest from "../package.json" with { type: "json" }

export interface Tag {
  readonly url: string
  /** The file that is served under the URL. */
  readonly path: string
}

/** The integrity of a file (W3C Subresource Integrity). */
export const integrity = (path: string): string =>
  `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`

/** Returns the tag of a script of this package, or of the htmx (`htmx.org@2`) that the tests run it on. */
const tagOf = (name: string, file: string): Tag => {
  const [, major] = /^htmx\.org@(\d)/.exec(name) ?? []
  const folder = major === undefined ? "." : `node_modules/htmx-${major}`
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"))
  const path = `dist/${file}`
  return {
    url: `https://unpkg.com/${name.replace(/@.*/, "")}@${version}/${path}`,
    path: `${folder}/${path}`.replace(/^\.\//, ""),
  }
}

export const html = ({ path, url }: Tag): string =>
  `<script src="${url}"\n  integrity="${integrity(path)}" crossorigin="anonymous"></script>`

const shown =
  /<script src="https:\/\/unpkg\.com\/([^/]+)\/dist\/([^"]+)"\s+integrity="[^"]*" crossorigin="anonymous"><\/script>/g

/** The documents that show tags. */
export const documents = ["README.md", "docs/getting-started.md"]

/** Returns the tags that a text shows, as they are for the files in `dist`. */
export const tagsIn = (text: string): ReadonlyArray<Tag> =>
  Array.from(text.matchAll(shown), ([, name = "", file = ""]) => tagOf(name, file))

/** Renews the versions and hashes of the tags in a text. */
export const withTags = (text: string): string =>
  text.replace(shown, (_, name: string, file: string) => html(tagOf(name, file)))

if (import.meta.main) {
  const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } })
  if (values.write) for (const path of documents) writeFileSync(path, withTags(readFileSync(path, "utf8")))
  else {
    const scripts = [
      "ws",
      "hx-ws",
      "ws.all",
      "hx-ws.all",
      "ws-resume",
      "ws-delivery",
      "ws-keep",
      "ws-signals",
      "ws-doctor",
    ]
    for (const name of scripts) console.log(html(tagOf(manifest.name, `${name}.min.js`)))
  }
}
