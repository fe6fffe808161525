/**
 * Prints the size of the scripts, and what the typed client adds to a program. `npm run size` fails over budget;
 * `npm run size -- --why` also attributes every byte of the minified scripts to a module and its folder.
 */
import { existsSync, readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { basename, dirname } from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"

/** The scripts, and the budget of each in bytes after gzip. The readable ones have none. */
const budgets: Record<string, number> = {
  "ws.js": Number.POSITIVE_INFINITY,
  "ws.min.js": 23_040,
  "hx-ws.js": Number.POSITIVE_INFINITY,
  "hx-ws.min.js": 23_040,
  "ws-inspector.min.js": 16_600,
  "ws-resume.min.js": 3_700,
  "ws-delivery.min.js": 6_500,
  "ws-keep.min.js": 1_900,
  "ws-signals.min.js": 2_120,
  "ws-doctor.min.js": 1_880,
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

/** Returns the name of a module as the source map spells it. Bytes of no module were added by the build. */
const moduleName = (source: string) => /.*(?:node_modules|\.\.)\/(.*)$/.exec(source)?.[1] ?? "the build"

const party = (module: string) =>
  module.startsWith("effect/") ? "Effect" : module.startsWith("src/") ? "ours" : "the build"

/** Returns the parts of a script by module. Each byte is in exactly one part. */
const partsOf = (name: string): Map<string, string> => {
  const map = new SourceMap(JSON.parse(readFileSync(`dist/${name}.map`, "utf8")))
  const parts = new Map<string, string>()
  readFileSync(`dist/${name}`, "utf8")
    .split(/(?<=\n)/)
    .forEach((line, row) => {
      for (let column = 0; column < line.length; column++) {
        const entry = map.findEntry(row, column)
        const module = "originalSource" in entry ? moduleName(entry.originalSource) : "the build"
        parts.set(module, (parts.get(module) ?? "") + line[column])
      }
    })
  return parts
}

const sum = (numbers: Iterable<number>) => Array.from(numbers).reduce((a, b) => a + b, 0)

/**
 * Returns the size of each module, raw and after gzip; both add up to the file. gzip writes what modules have in common
 * only once, so the gzip size is shared out in proportion to what each module would save if it were left out.
 */
const accountFor = (name: string) => {
  const parts = partsOf(name)
  const code = readFileSync(`dist/${name}`, "utf8")
  const size = (text: string) => gzipSync(text, { level: 9 }).length
  const without = (module: string) =>
    [...parts]
      .filter(([other]) => other !== module)
      .map(([, part]) => part)
      .join("")
  const whole = size([...parts.values()].join(""))
  const missing = new Map(Array.from(parts.keys(), (module) => [module, whole - size(without(module))]))
  const scale = size(code) / sum(missing.values())
  return Array.from(parts, ([module, part]) => ({
    module,
    raw: Buffer.byteLength(part),
    gzip: (missing.get(module) ?? 0) * scale,
  })).sort((a, b) => b.gzip - a.gzip)
}

const gzipOf = (accounts: ReadonlyArray<{ readonly gzip: number }>) => sum(accounts.map(({ gzip }) => gzip))

const row = (label: string, accounts: ReadonlyArray<{ readonly raw: number; readonly gzip: number }>) => {
  const raw = sum(accounts.map((account) => account.raw))
  const gzip = Math.round(gzipOf(accounts))
  console.log(`${raw}`.padStart(7), `${gzip}`.padStart(7), label)
}

const names = Object.keys(budgets)
const missing = names.filter((name) => !existsSync(`dist/${name}`))
const weights = names.filter((name) => !missing.includes(name)).map((name) => ({ name, ...weigh(name) }))
console.table(Object.fromEntries(weights.map(({ name, ...weight }) => [name, weight])))

if (process.argv.includes("--why"))
  for (const { name } of weights.filter(({ name }) => name.endsWith(".min.js"))) {
    const accounts = accountFor(name)
    console.log(`\n    raw    gzip ${name}`)
    row("all of it", accounts)
    for (const [who, theirs] of Map.groupBy(accounts, ({ module }) => party(module))) {
      console.log()
      row(who, theirs)
      const folders = [...Map.groupBy(theirs, ({ module }) => dirname(module))]
      for (const [folder, modules] of folders.sort(([, a], [, b]) => gzipOf(b) - gzipOf(a))) {
        row(`  ${folder}/`, modules)
        for (const account of modules) row(`    ${basename(account.module)}`, [account])
      }
    }
  }

const over = weights.filter(({ gzip, budget }) => gzip > budget)
for (const name of missing) console.error(`dist/${name} is missing: npm run build`)
for (const { name, gzip, budget } of over)
  console.error(`${name} is ${gzip} bytes after gzip, over its budget of ${budget}.`)
if (missing.length + over.length > 0) process.exitCode = 1

if (missing.length === 0) await import("./clientSize.ts")
