/**
 * Compares our scripts with the official ones and with a bare WebSocket: `npm run bench`.
 *
 *     npm run bench -- --only small,submits --htmx 2 --rounds 9
 *     npm run bench -- --only growth
 *     npm run bench -- --htmx 2 --against path/to/other/ws.min.js
 *     npm run bench -- --htmx 2 --profile small
 *     npm run bench -- --write
 */
import { existsSync, writeFileSync } from "node:fs"
import { writeSection } from "../docs/sections.ts"
import htmx2 from "../node_modules/htmx-2/package.json" with { type: "json" }
import htmx4 from "../node_modules/htmx-4/package.json" with { type: "json" }
import official2 from "../node_modules/htmx-ext-ws/package.json" with { type: "json" }
import { Browser } from "./Browser.ts"
import { contestants, readable } from "./contestants.ts"
import { options } from "./options.ts"
import { profile } from "./profile.ts"
import { faultsOf, growthOf, growthTable, ratiosOf, table } from "./report.ts"
import { play, type Sample } from "./rounds.ts"
import type { Workload } from "./Workload.ts"
import { series } from "./workloads/growth.ts"

const { against, command, generations, growth, json, rounds, workloads, write } = options

if (!existsSync("dist/hx-ws.min.js"))
  throw new Error("The benchmarks run the built scripts: `npm run build` first.")
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1))
using browser = await Browser.launch()

const samples: Array<Sample> = []
const measure = async (list: ReadonlyArray<Workload>) => {
  for (const generation of generations) {
    const plan = { generation, workloads: list, contestants: contestants(generation, against), rounds }
    samples.push(...(await play(browser, plan, (sentence) => console.error(sentence))))
  }
}

const versions = [
  (await browser.version()).replace("/", " "),
  `Node ${process.versions.node}`,
  `htmx ${htmx2.version} with htmx-ext-ws ${official2.version}`,
  `htmx ${htmx4.version} with its hx-ws.js`,
].join(", ")

const show = (section: string, tables: string) => {
  const text = `${tables}\n\n\`${command}\`, ${rounds} ${rounds === 1 ? "round" : "rounds"}: ${versions}.`
  console.log(`\n## ${section}\n\n${text}`)
  if (write) writeSection("benchmarks/RESULTS.md", section, text)
}

if (options.profile) {
  for (const generation of generations)
    for (const workload of workloads)
      for (const contestant of readable(generation).filter(
        ({ only }) => only?.includes(workload.name) ?? true,
      ))
        console.log(`${await profile(browser, generation, workload, contestant)}\n`)
} else {
  await measure(workloads)
  if (workloads.length > 0)
    for (const generation of generations) show(`htmx ${generation}`, table(samples, generation))
  if (growth) {
    await measure(series.flatMap(({ points }) => points.map(([, workload]) => workload)))
    for (const generation of generations) {
      const tables = series.map((one) => growthTable(samples, generation, one))
      show(`growth on htmx ${generation}`, tables.join("\n\n"))
    }
  }
}

if (json !== undefined) {
  const results = generations.map((generation) => ({
    htmx: generation,
    rows: ratiosOf(samples, generation),
    growth: growth ? series.flatMap((one) => growthOf(samples, generation, one)) : [],
  }))
  writeFileSync(json, `${JSON.stringify({ command, versions, results }, null, 2)}\n`)
}
const faults = faultsOf(samples)
for (const fault of faults) console.error(fault)
// After a long run, Node may otherwise wait for ever for handles of a browser that has exited.
process.exit(faults.length > 0 ? 1 : 0)
