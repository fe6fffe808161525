/**
 * Meets every fault with every client, and prints what came of it: `npm run faults`.
 *
 *     npm run faults -- --only reset,close-1012 --clients Node,4
 *     npm run faults -- --write
 */
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { findChromium, flags } from "../setup/chromium.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import type { Clients } from "./Clients.ts"
import { FaultServer } from "./FaultServer.ts"
import { faultNames, faults } from "./faults.ts"
import { NodeClients } from "./NodeClients.ts"
import { PageClients } from "./PageClients.ts"
import { type Result, run, type Trial, trialsOf } from "./run.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    clients: { type: "string", default: "Node,1.9,2,4" },
    write: { type: "boolean", default: false },
  },
})
const only = values.only.split(",").filter(Boolean)
const names = faultNames.filter((name) => only.length === 0 || only.includes(name))

/** Chromium slows down a page that dials many sockets at once. */
const inBatches = (trials: ReadonlyArray<Trial>, size = 24): ReadonlyArray<ReadonlyArray<Trial>> => {
  const light = trials.filter(({ name }) => !faults[name].isHeavy)
  const count = Math.ceil(light.length / size)
  return [
    ...Array.from({ length: count }, (_, batch) => light.filter((_, at) => at % count === batch)),
    ...trials.filter(({ name }) => faults[name].isHeavy).map((trial) => [trial]),
  ]
}

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
const make = async (kind: string): Promise<Clients> =>
  kind === "Node" ? new NodeClients() : PageClients.make(browser, kind as HtmxVersion)

const results: Array<Result & { readonly client: string }> = []
for (const kind of values.clients.split(",")) {
  for (const batch of inBatches(trialsOf(names))) {
    await using server = await FaultServer.start()

    const clients = await make(kind)
    for (const result of await run(server, clients, batch, 30_000)) {
      results.push({ ...result, client: clients.name })
      const { accepted, code, complaints, dials, lost, name, outcome, when } = result
      const verdict = complaints.length === 0 ? "ok" : `NOT OK: ${complaints.join("; ")}`
      console.log(
        `${clients.name}: ${name} (${when}): ${outcome}, code ${code}, ${dials} dials, ${lost} of ${accepted} lost: ${verdict}`,
      )
      if (complaints.length > 0) process.exitCode = 1
    }

    await clients.close()
  }
}
await browser.close()
