/**
 * Random commands to pages with the built scripts and their companions, in Chromium with real servers: `npm run model:pages`.
 *
 *     npm run model:pages -- --runs 100 --seed 1 --htmx "1.9 2 4"
 */
import { parseArgs } from "node:util"
import * as fc from "fast-check"
import { type BrowserContext, chromium } from "playwright-core"
import { writeSection } from "../../docs/sections.ts"
import { findChromium, flags } from "../setup/chromium.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { carryOutOnPage, type PagePlan, type PageTally, pagePlans } from "./page.ts"
import { shrink } from "./shrink.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    length: { type: "string", default: "25" },
    htmx: { type: "string", default: "1.9 2 4" },
    write: { type: "boolean", default: false },
  },
})
const [runs, first, length] = [Number(values.runs), Number(values.seed), Number(values.length)]

/** How long a sequence that fails is made shorter, in milliseconds. */
const SHRINKING = 120_000

/** A page of its own: one that has crashed fails only its own sequence. */
const carryOut = async (context: BrowserContext, htmx: HtmxVersion, plan: PagePlan): Promise<PageTally> => {
  const page = await context.newPage()
  try {
    return await carryOutOnPage(page, htmx, plan)
  } finally {
    await page.close()
  }
}

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
let failed = 0
const rows = await Promise.all(
  (values.htmx.split(" ") as Array<HtmxVersion>).map(async (htmx) => {
    const context = await browser.newContext({ reducedMotion: "reduce" })
    const tally: Record<keyof PageTally, number> = { commands: 0, dials: 0, messages: 0, acked: 0, rows: 0 }
    let done = 0
    for (let seed = first; seed < first + runs; seed++) {
      const plan = fc.sample(fc.noBias(pagePlans(htmx, length)), { seed, numRuns: 1 })[0] as PagePlan
      try {
        const part = await carryOut(context, htmx, plan)
        done++
        for (const name of Object.keys(tally) as Array<keyof PageTally>) tally[name] += part[name]
      } catch (error) {
        failed++
        const name = `\nhtmx ${htmx}${plan.isNative ? ", its own attributes" : ""}, seed ${seed}`
        console.log(`${name}\n${plan.commands.join("; ")}\n${error}`)
        let least: unknown
        const until = performance.now() + SHRINKING
        const commands = await shrink(plan.commands, async (commands) => {
          if (performance.now() > until) return false
          try {
            await carryOut(context, htmx, { ...plan, commands })
            return false
          } catch (error) {
            least = error
            return true
          }
        })
        console.log(least ? `${name}, the shortest\n${commands.join("; ")}\n${least}` : "Not again.")
        if (failed >= 3) break
      }
    }
    const counts = [done, tally.commands, tally.dials, tally.rows, tally.messages, tally.acked]
    return `| ${[htmx, ...counts.map((count) => count.toLocaleString("en"))].join(" | ")} |`
  }),
)
await browser.close()
const text = `| htmx | sequences | commands | dials | rows that the server sent | messages of the page | acknowledged |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

\`npm run model:pages -- --runs ${runs} --seed ${first} --htmx "${values.htmx}"\`: ${failed} failed.`
console.log(`\n${text}`)
if (values.write && failed === 0) writeSection("docs/reliability.md", "model-pages", text)
process.exit(failed === 0 ? 0 : 1)
