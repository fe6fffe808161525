/** Runs random pages on both scripts, and prints those on which they differ: `npm run sides -- --runs N --seed S`. */
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { findChromium, flags } from "../setup/chromium.ts"
import { check } from "./generator/check.ts"
import { draw } from "./generator/draw.ts"
import { Tabs } from "./Tab.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})
const first = Number(values.seed)
const runs = Number(values.runs)
console.log(`${runs} random pages from seed ${first} on`)

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
const tabs = await Tabs.open(browser)
let differing = 0
for (let seed = first; seed < first + runs; seed++) {
  const found = await check(tabs, draw(seed))
  if (found === undefined) continue
  differing++
  console.log(`\nseed ${seed}\n${found}`)
}
await browser.close()
console.log(`${runs - differing} of ${runs} pages behave the same`)
process.exitCode = differing === 0 ? 0 : 1
