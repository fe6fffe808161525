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

/** Text of any length, as far as it tells one from another. */
const short = (_: string, value: unknown): unknown =>
  typeof value === "string" && value.length > 200 ? `${value.slice(0, 200)}… (${value.length})` : value

const run = async (name: string, property: fc.IAsyncProperty<unknown>): Promise<number> => {
  const startedAt = performance.now()
  const report = await fc.check(property, {
    numRuns: Number(values.runs),
    seed,
    // A case of thousands of letters has thousands of smaller ones.
    interruptAfterTimeLimit: 600_000,
  })
  const took = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${name}: ${report.numRuns} runs, seed ${seed}, ${took} s${report.failed ? ", FAILED" : ""}`)
  if (report.failed) {
    process.exitCode = 1
    console.log(JSON.stringify(report.counterexample, short, 1), `path ${report.counterexamplePath}`)
    console.log(String(report.errorInstance))
  }
  return report.failed ? 0 : report.numRuns
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
