/**
 * Plays the matrix, in jsdom and in Chromium: `npm run matrix`. With `--listeners 10`, one in ten of the cells in which
 * a listener does something; `--write` puts the figures into docs/reliability.md, if all are well.
 */
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { writeSection } from "../../../docs/sections.ts"
import { findFullChromium, flags } from "../../setup/chromium.ts"
import type { HtmxVersion } from "../../setup/pages.ts"
import { TestServer } from "../../setup/server.ts"
import { actionNames } from "./actions.ts"
import { browserCells, playInChromium } from "./chromium.ts"
import { eventNames } from "./events.ts"
import { cells, disturbances, Player } from "./play.ts"
import { stateNames } from "./states.ts"
import { markdown } from "./table.ts"

const { values } = parseArgs({
  options: {
    listeners: { type: "string", default: "1" },
    htmx: { type: "string", default: "1.9 2 4" },
    only: { type: "string", default: "jsdom chromium" },
    write: { type: "boolean", default: false },
  },
})
const every = Number(values.listeners)
const versions = values.htmx.split(" ") as ReadonlyArray<HtmxVersion>
const problems: Array<string> = []
const counts = { cells: 0, disturbed: 0, chromium: 0 }

if (values.only.includes("jsdom"))
  for (const htmx of versions) {
    using player = new Player(htmx)
    let seen = 0
    for (const cell of cells()) {
      const outcome = await player.play(cell)
      counts.cells++
      for (const disturbed of disturbances(cell, outcome)) {
        if (seen++ % every !== 0) continue
        await player.disturb(disturbed, outcome)
        counts.disturbed++
      }
    }
    console.log(`htmx ${htmx} in jsdom: ${player.played} cells, ${player.problems.length} problems`)
    problems.push(...player.problems)
  }

if (values.only.includes("chromium")) {
  const browser = await chromium.launch({
    executablePath: findFullChromium(),
    args: flags,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  })
  const server = await TestServer.start()
  for (const htmx of versions) {
    const context = await browser.newContext({ reducedMotion: "reduce" })
    const found: Array<string> = []
    for (const cell of browserCells) {
      found.push(...(await playInChromium(context, server, htmx, cell)))
      counts.chromium++
    }
    console.log(`htmx ${htmx} in Chromium: ${browserCells.length} cells, ${found.length} problems`)
    problems.push(...found)
    await context.close()
  }
  await server.close()
  await browser.close()
}

for (const problem of problems.slice(0, 50)) console.log(problem)
if (problems.length > 0) process.exitCode = 1
else if (values.write) {
  const number = (count: number): string => count.toLocaleString("en")
  writeSection(
    "docs/reliability.md",
    "matrix",
    `${number(counts.cells)} cells in jsdom (${stateNames.length} states × ${eventNames.length} events × htmx 1.9, 2 and 4), ` +
      `${number(counts.disturbed)} in which a listener of one of their events does one of ${actionNames.length} things, and ` +
      `${number(counts.chromium)} in Chromium with a real server: nothing wrong.\n\n${markdown()}`,
  )
}
