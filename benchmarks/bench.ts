/**
 * Side by side with the official scripts and with a bare WebSocket: `npm run bench`.
 *
 *     npm run bench -- --only small,submits --htmx 2 --rounds 9
 *     npm run bench -- --against path/to/other/ws.min.js --htmx 2
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { findChromium } from "../test/setup/chromium.ts"
import { contestants } from "./contestants.ts"
import type { Generation } from "./dialects.ts"
import { faultsOf, table } from "./report.ts"
import { play, type Sample } from "./rounds.ts"
import { workloads } from "./workloads/index.ts"

const { values: options } = parseArgs({
  options: {
    /** Workloads by name, with commas between. */
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    htmx: { type: "string" },
    /** Where to write every ratio. */
    json: { type: "string" },
    /** Another build of a script, to stand beside ours as `candidate`. */
    against: { type: "string" },
  },
})

const refuse = (sentence: string): never => {
  console.error(sentence)
  process.exit(1)
}

const names = options.only?.split(",") ?? workloads.map(({ name }) => name)
const strange = names.find((name) => !workloads.some((workload) => workload.name === name))
if (strange !== undefined)
  refuse(`There is no workload ${strange}, but: ${workloads.map(({ name }) => name).join(", ")}.`)
const rounds = Number(options.rounds)
if (!(rounds >= 1)) refuse("--rounds is a number from 1.")
const generations = (["2", "4"] as const).filter((one) => (options.htmx ?? one) === one)
if (generations.length === 0) refuse("--htmx is 2 or 4.")
if (options.against !== undefined && generations.length !== 1)
  refuse("--against is a script for one htmx: say --htmx 2 or --htmx 4.")

const executablePath = findChromium() ?? refuse("No Chromium found: CHROMIUM_PATH names one.")
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
})
const samples: Array<Sample> = []
try {
  for (const generation of generations) {
    const plan = {
      generation,
      workloads: workloads.filter(({ name }) => names.includes(name)),
      contestants: contestants(generation, options.against),
      rounds,
    }
    samples.push(...(await play(browser, plan, (sentence) => console.error(sentence))))
  }
} finally {
  await browser.close()
}

const title = (generation: Generation) => `\n## htmx ${generation}\n`
for (const generation of generations) console.log(`${title(generation)}\n${table(samples, generation)}`)
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(samples, null, 1))
const faults = faultsOf(samples)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
