/** Checks the links of the built site: each page, file and heading that is linked is there. */
import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** The file that a path of the site is served from. */
export const fileOf = (folder: string, path: string): string | undefined =>
  [path, `${path}.html`, join(path, "index.html")]
    .map((name) => join(folder, decodeURI(name)))
    .find((file) => existsSync(file) && statSync(file).isFile())

/** Returns the links that lead nowhere, each as `page → link`. */
export const brokenLinks = (folder: string): ReadonlyArray<string> => {
  const ids = new Map<string, ReadonlySet<string>>()
  const idsOf = (file: string): ReadonlySet<string> => {
    const known =
      ids.get(file) ??
      new Set(Array.from(readFileSync(file, "utf8").matchAll(/\sid="([^"]*)"/g), ([, id = ""]) => id))
    ids.set(file, known)
    return known
  }
  return globSync("**/*.html", { cwd: folder })
    .filter((page) => !page.startsWith("playground-files"))
    .flatMap((page) => {
      const text = readFileSync(join(folder, page), "utf8")
      return Array.from(text.matchAll(/\s(?:href|src)="([^"]+)"/g), ([, link = ""]) => link)
        .filter((link) => !/^(?:https?|mailto|data):/.test(link))
        .filter((link) => {
          const { hash, pathname } = new URL(link, `http://site/${page.replace(/\.html$/, "")}`)
          const file = fileOf(folder, pathname)
          if (file === undefined) return true
          return hash !== "" && !idsOf(file).has(decodeURIComponent(hash.slice(1)))
        })
        .map((link) => `${page} → ${link}`)
    })
}
