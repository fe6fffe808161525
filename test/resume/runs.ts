/** Carries out random plans in Chromium, and prints the smallest that fails: `npm run resume -- --runs 1000 --seed 1`. */
import { parseArgs } from "node:util"
import * as fc from "fast-check"
import { chromium } from "playwright-core"
import { findChromium, flags } from "../setup/chromium.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { plans, run } from "./model.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    htmx: { type: "string", default: "2 4" },
    tabs: { type: "string", default: "3" },
  },
})
const seed = Number(values.seed)
const tabs = Number(values.tabs)
const share = Math.ceil(Number(values.runs) / tabs)

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
for (const htmx of values.htmx.split(" ") as Array<HtmxVersion>) {
  const reports = await Promise.all(
    Array.from({ length: tabs }, async (_, tab) => {
      const context = await browser.newContext({ reducedMotion: "reduce" })
      const page = await context.newPage()
      const property = fc.asyncProperty(plans(htmx), (plan) => run(page, htmx, plan))
      return fc.check(property, { numRuns: share, seed: seed + tab })
    }),
  )
  const done = reports.reduce((sum, { numRuns }) => sum + numRuns, 0)
  const failed = reports.filter((report) => report.failed)
  console.log(`htmx ${htmx}: ${done} runs from seed ${seed} on, ${failed.length} failed`)
  for (const report of failed) {
    console.log(fc.defaultReportMessage(report), String(report.errorInstance))
    process.exitCode = 1
  }
}
await browser.close()
