/** Writes `dist/NOTICE.txt`: the licences of what the scripts and the command contain. Part of `npm run build`. */
import { readFileSync, writeFileSync } from "node:fs"
import manifest from "../package.json" with { type: "json" }

/** The packages of which parts are in files of `dist`. */
export const bundled = {
  effect: "the scripts (ws.js, hx-ws.js and their minified and complete forms)",
  parse5: "the command (cli.js)",
  entities: "the command (cli.js)",
}

const notice = ([name, where]: readonly [string, string]) => {
  const folder = `node_modules/${name}`
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"))
  const text = readFileSync(`${folder}/LICENSE`, "utf8").trim()
  return `${name} ${version} (${license}), in ${where}\n\n${text}\n`
}

if (import.meta.main) {
  const head = `${manifest.name} is under the licence in LICENSE. Files of this folder contain parts of other packages:\n`
  writeFileSync(
    "dist/NOTICE.txt",
    [head, ...Object.entries(bundled).map(notice)].join(`\n${"-".repeat(80)}\n\n`),
  )
}
