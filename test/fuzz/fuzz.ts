/**
 * Gives pages, servers and typed clients what nobody sends in good faith, and prints the smallest that breaks them:
 * `npm run fuzz -- --runs 1000 --seed 1 --only frames --htmx 4`. `--write` puts the figures into docs/reliability.md.
 */
import { parseArgs } from "node:util"
import * as fc from "fast-check"
import { writeSection } from "../../docs/sections.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { ofPages, ofPrograms } from "./areas.ts"
import { versions } from "./FuzzedPage.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    htmx: { type: "string", default: versions.join(" ") },
    only: { type: "string", default: Object.keys({ ...ofPages, ...ofPrograms }).join(" ") },
    write: { type: "boolean", default: false },
  },
})
const seed = Number(values.seed)
const isWanted = (area: string): boolean => values.only.split(" ").includes(area)

// What becomes unhandled after a page has been closed is of no page any more.
process.on("unhandledRejection", () => {})

/** How long a sample that fails is made smaller, in milliseconds. One of thousands of letters has thousands of smaller ones. */
const SHRINKING = 60_000

/** As code, with long texts cut. */
const print = (sample: unknown): string =>
  fc
    .stringify(sample)
    .replace(/"(?:[^"\\]|\\.){200,}"/g, (text) => `${text.slice(0, 200)}…" (${text.length})`)

const run = async (name: string, property: fc.IAsyncProperty<unknown>): Promise<number> => {
  const startedAt = performance.now()
  const report = await fc.check(property, { numRuns: Number(values.runs), seed, endOnFailure: true })
  const took = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${name}: ${report.numRuns} runs, seed ${seed}, ${took} s${report.failed ? ", FAILED" : ""}`)
  if (!report.failed) return report.numRuns
  process.exitCode = 1
  const { counterexample, counterexamplePath: path, errorInstance } = report
  console.log(`${print(counterexample)}, path ${path}\n${errorInstance}`)
  const least = await fc.check(property, {
    numRuns: 1,
    seed,
    path: path ?? "",
    interruptAfterTimeLimit: SHRINKING,
  })
  console.log(
    least.failed ? `The smallest: ${print(least.counterexample)}\n${least.errorInstance}` : "Not again.",
  )
  return 0
}

const counts = new Map<string, number>()
for (const [area, make] of Object.entries(ofPages)) {
  if (!isWanted(area)) continue
  for (const htmx of values.htmx.split(" ") as Array<HtmxVersion>)
    counts.set(area, (counts.get(area) ?? 0) + (await run(`${area} on htmx ${htmx}`, make(htmx))))
}
for (const [area, make] of Object.entries(ofPrograms))
  if (isWanted(area)) counts.set(area, await run(area, make()))

if (values.write && process.exitCode === undefined) {
  const rows = Array.from(counts, ([area, count]) => `| ${area} | ${count.toLocaleString("en")} | 0 |`)
  writeSection(
    "docs/reliability.md",
    "fuzz",
    [`| area | samples, from seed ${seed} | broke something |`, "|---|--:|--:|", ...rows].join("\n"),
  )
}
// Pages in jsdom may keep timers.
process.exit()
