/**
 * Meets every fault with every client, and prints what came of it: `npm run faults`.
 *
 *     npm run faults -- --only reset,close-1012 --clients Node,4
 *     npm run faults -- --write
 */
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { writeSection } from "../../docs/sections.ts"
import { findChromium, flags } from "../setup/chromium.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import type { Clients } from "./Clients.ts"
import { FaultServer } from "./FaultServer.ts"
import { type FaultName, faultNames, faults } from "./faults.ts"
import { canFlap, flap, openBehind } from "./limits.ts"
import { NodeClients } from "./NodeClients.ts"
import { PageClients } from "./PageClients.ts"
import { run, trialsOf } from "./run.ts"
import { type Outcome, summary, table } from "./table.ts"

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
const inBatches = <A>(all: ReadonlyArray<A>, size = 24): ReadonlyArray<ReadonlyArray<A>> => {
  const count = Math.ceil(all.length / size)
  return Array.from({ length: count }, (_, batch) => all.filter((_, at) => at % count === batch))
}

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
const withClients = async <A>(
  kind: string,
  use: (server: FaultServer, clients: Clients) => Promise<A>,
  script = "",
): Promise<A> => {
  await using server = await FaultServer.start()
  const clients =
    kind === "Node" ? new NodeClients() : await PageClients.make(browser, kind as HtmxVersion, { script })
  try {
    return await use(server, clients)
  } finally {
    await clients.close()
  }
}
const say = (isRight: boolean, sentence: string): void => {
  console.log(`${isRight ? "ok" : "NOT OK"}: ${sentence}`)
  if (!isRight) process.exitCode = 1
}

const kinds = values.clients.split(",")
const outcomes: Array<Outcome> = []
const flaps = new Map<string, ReadonlyMap<FaultName, number>>()
const behind = new Map<string, number>()
for (const kind of kinds) {
  const client = kind === "Node" ? kind : `htmx ${kind}`
  const trials = trialsOf(names)
  const batches = [
    ...inBatches(trials.filter(({ name }) => !faults[name].isHeavy)),
    ...trials.filter(({ name }) => faults[name].isHeavy).map((trial) => [trial]),
  ]
  for (const batch of batches)
    for (const result of await withClients(kind, (server, clients) => run(server, clients, batch, 30_000))) {
      outcomes.push({ ...result, client })
      const { accepted, code, complaints, dials, lost, name, outcome, when } = result
      say(
        complaints.length === 0,
        `${client}: ${name} (${when}): ${outcome}, code ${code}, ${dials} dials, ${lost} of ${accepted} lost ${complaints.join("; ")}`,
      )
    }

  const { random } = Math
  if (kind === "Node") Math.random = () => 0.5
  const all = new Map<FaultName, number>()
  for (const batch of inBatches(names)) {
    const counts = await withClients(
      kind,
      (server, clients) =>
        flap(
          server,
          clients,
          batch.filter((name) => canFlap(name, clients)),
        ),
      "Math.random = () => 0.5",
    )
    for (const [name, dials] of counts) {
      all.set(name, dials)
      say(dials <= 6, `${client}: ${name} at every dial: ${dials} dials in 8 s`)
    }
  }
  Math.random = random
  flaps.set(client, all)

  for (const name of names.filter((name) => faults[name].foundBy === "connectTimeout")) {
    const waited = await withClients(kind, (server, clients) => openBehind(server, clients, name))
    const where = kind === "Node" ? "in Node" : `on ${client}`
    behind.set(where, Math.max(waited, behind.get(where) ?? 0))
    say(waited <= 3_000, `${client}: open ${Math.round(waited)} ms after the first dial, behind ${name}`)
  }
}
await browser.close()

const sentence = summary(outcomes, behind)
console.log(sentence)
if (values.write && process.exitCode === undefined) {
  const clients = [...flaps.keys()]
  writeSection("docs/reliability.md", "faults", `${sentence}\n\n${table(clients, outcomes, flaps)}`)
}
