/**
 * What the scripts weigh. `npm run size` fails over budget; `npm run size -- --why` adds the bytes that each
 * module brings to each minified script.
 */
import { existsSync, readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { brotliCompressSync, gzipSync } from "node:zlib"

/** The scripts, and the bytes that each may have after gzip. The readable ones are only shown. */
const budgets: Record<string, number> = {
  "ws.js": Number.POSITIVE_INFINITY,
  "ws.min.js": 26 * 1024,
  "hx-ws.js": Number.POSITIVE_INFINITY,
  "hx-ws.min.js": 26 * 1024,
}

const weigh = (name: string) => {
  const code = readFileSync(`dist/${name}`)
  return {
    raw: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
    budget: budgets[name] ?? 0,
  }
}

/** The name of a module, as the source map spells it; what belongs to none was put in by the build. */
const moduleName = (source: string) => /.*(?:node_modules|\.\.)\/(.*)$/.exec(source)?.[1] ?? "(build)"

const bytesByModule = (name: string) => {
  const map = new SourceMap(JSON.parse(readFileSync(`dist/${name}.map`, "utf8")))
  const bytes = new Map<string, number>()
  readFileSync(`dist/${name}`, "utf8")
    .split("\n")
    .forEach((line, row) => {
      for (let column = 0; column < line.length; column++) {
        const entry = map.findEntry(row, column)
        const module = "originalSource" in entry ? moduleName(entry.originalSource) : "(build)"
        bytes.set(module, (bytes.get(module) ?? 0) + 1)
      }
    })
  return [...bytes].sort(([, a], [, b]) => b - a)
}

const names = Object.keys(budgets)
const missing = names.filter((name) => !existsSync(`dist/${name}`))
const weights = names.filter((name) => !missing.includes(name)).map((name) => ({ name, ...weigh(name) }))
console.table(Object.fromEntries(weights.map(({ name, ...weight }) => [name, weight])))

if (process.argv.includes("--why"))
  for (const { name } of weights.filter(({ name }) => name.endsWith(".min.js"))) {
    console.log(`\n${name}, bytes before compression`)
    for (const [module, bytes] of bytesByModule(name)) console.log(`${bytes}`.padStart(7), module)
  }

const over = weights.filter(({ gzip, budget }) => gzip > budget)
for (const name of missing) console.error(`dist/${name} is missing: npm run build`)
for (const { name, gzip, budget } of over)
  console.error(`${name} is ${gzip} bytes after gzip, over its budget of ${budget}.`)
if (missing.length + over.length > 0) process.exitCode = 1
