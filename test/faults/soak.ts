/**
 * Has 50 connections of a page meet a fault every two seconds, beside those of a page with the official script:
 * `npm run soak -- --minutes 30`. What collection leaves of heap, nodes and listeners is to stay as it is.
 *
 *     npm run soak -- --minutes 5 --htmx 4 --seed 7 --write
 */
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { type CDPSession, chromium } from "playwright-core"
import { writeSection } from "../../docs/sections.ts"
import { findChromium, flags } from "../setup/chromium.ts"
import type { Extension, HtmxVersion } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"
import { FaultServer } from "./FaultServer.ts"
import { faultNames, faults } from "./faults.ts"
import type { Counts } from "./inPage.ts"
import { PageClients } from "./PageClients.ts"
import { messageOf, retriedCodes } from "./run.ts"

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    htmx: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    write: { type: "boolean", default: false },
  },
})
const htmx = values.htmx as HtmxVersion
const milliseconds = Number(values.minutes) * 60_000
const paths = Array.from({ length: 50 }, (_, at) => `/soak-${at}`)

/** Those after which a client dials again. */
const strikes = faultNames.filter((name) => {
  const { code, isHeavy, network, protocols } = faults[name]
  return !isHeavy && !network && !protocols && (code === "none" || retriedCodes.includes(code))
})

/** Numbers from 0 to 1 that follow from a seed (Park and Miller). */
const random = (seed: number): (() => number) => {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

interface Sample {
  readonly heap: number
  readonly nodes: number
  readonly listeners: number
}

class Side {
  readonly clients: PageClients
  readonly server: FaultServer
  readonly samples: Array<Sample> = []
  readonly counts = { sent: 0, dropped: 0, waiting: 0, twice: 0 }
  readonly #session: CDPSession

  static async make(ws: Extension): Promise<Side> {
    const server = await FaultServer.start()
    const clients = await PageClients.make(browser, htmx, { ws })
    const limits = { heartbeat: 3_000, heartbeatTimeout: 3_000, connectTimeout: 3_000 }
    await clients.open(
      await Promise.all(paths.map(async (path) => ({ path, url: await server.url(path), settings: limits }))),
    )
    return new Side(clients, server, await clients.page.context().newCDPSession(clients.page))
  }

  private constructor(clients: PageClients, server: FaultServer, session: CDPSession) {
    this.clients = clients
    this.server = server
    this.#session = session
  }

  /** Counts messages, and measures what a collection leaves. */
  async sample(): Promise<void> {
    const { waiting, ...ended }: Counts = await this.clients.page.evaluate(() => window.faults.count())
    this.counts.waiting = waiting
    for (const [name, count] of Object.entries(ended)) this.counts[name as keyof Counts] += count
    await this.#session.send("HeapProfiler.collectGarbage")
    const { usedSize } = await this.#session.send("Runtime.getHeapUsage")
    const { jsEventListeners, nodes } = await this.#session.send("Memory.getDOMCounters")
    this.samples.push({ heap: usedSize, nodes, listeners: jsEventListeners })
  }

  /** How many messages the server has read, and how many of them again. */
  reads(): { readonly read: number; readonly again: number } {
    const all = this.server.dials.flatMap(({ path, texts }) =>
      texts.map((text) => `${path} ${messageOf(text)}`),
    )
    const read = new Set(all).size
    return { read, again: all.length - read }
  }

  async close(): Promise<void> {
    await this.clients.close()
    await this.server.close()
  }
}

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
const ours = await Side.make("min")
const official = await Side.make("official")
const sides = [ours, official]
await waitFor(() => ours.server.live().length === paths.length, 30_000)

const next = random(Number(values.seed))
const one = <A>(all: ReadonlyArray<A>): A => all[Math.floor(next() * all.length)] as A
let struck = 0
let message = 0
const begun = performance.now()
const elapsed = () => performance.now() - begun
for (let second = 0; elapsed() < milliseconds; second++) {
  const senders = paths.filter(() => next() < 0.5)
  const path = one(paths)
  const name = one(strikes)
  message++
  await Promise.all(
    sides.map(async ({ clients, server }) => {
      for (const path of paths) server.send(clients.frame(path), path)
      await clients.send(String(message), senders)
      if (second % 2 === 0) server.strike(path, name)
      // What a stopped process has read and not noted is read later.
      if (second % 10 === 0) await Promise.all(paths.map((path) => server.heal(path)))
    }),
  )
  if (second % 2 === 0) struck++
  if (second % 15 === 14) for (const side of sides) await side.sample()
  await pause(Math.max(0, (second + 1) * 1_000 - elapsed()))
}

// Without faults everything comes to its end.
for (const { server } of sides) for (const path of paths) await server.heal(path)
await waitFor(
  async () => {
    await ours.sample()
    return ours.counts.waiting === 0 && ours.server.live().length === paths.length
  },
  60_000,
  { every: 1_000 },
).catch((error) => console.error(String(error)))
await official.sample()
const most = Math.max(...Object.values(await ours.clients.seen()).map((seen) => seen.most))
const timers = await ours.clients.remove()
await waitFor(() => ours.server.live().length === 0, 10_000).catch((error) => console.error(String(error)))

/** The median of three samples. */
const level = (samples: ReadonlyArray<Sample>, key: keyof Sample): number =>
  samples.map((sample) => sample[key]).sort((a, b) => a - b)[1] ?? 0
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
const measure = ({ clients, counts, samples, server }: Side, reads: { read: number; again: number }) => {
  // The first minute warms up.
  const warm = samples.slice(Math.min(4, Math.floor(samples.length / 3)))
  const [first, last] = [warm.slice(0, 3), samples.slice(-3)]
  const growth = (key: keyof Sample): number => level(last, key) - level(first, key)
  const change = (key: "nodes" | "listeners"): string => `${level(first, key)} → ${level(last, key)}`
  const accepted = counts.sent + counts.dropped + counts.waiting
  return {
    growth,
    rows: {
      "messages accepted": accepted,
      "sent, and read by the server": reads.read,
      "sent, and lost with a connection that had failed": counts.sent - reads.read,
      "dropped, with an event": counts.dropped,
      "without an outcome at the end": counts.waiting,
      "with two outcomes, or read twice": counts.twice + reads.again,
      dials: server.dials.length,
      "uncaught errors": clients.uncaught().length,
      heap: `${megabytes(level(first, "heap"))} → ${megabytes(level(last, "heap"))}`,
      nodes: change("nodes"),
      listeners: change("listeners"),
    },
  }
}
const [mine, theirs] = [measure(ours, ours.reads()), measure(official, official.reads())]
const rows = Object.entries(mine.rows).map(
  ([name, value]) => `| ${name} | ${value} | ${theirs.rows[name as keyof typeof theirs.rows]} |`,
)
const text = `${values.minutes} minutes on htmx ${htmx}, ${struck} faults (seed ${values.seed}):

| | ours | official script |
| --- | --- | --- |
${rows.join("\n")}`
console.log(text)

const complaints = [
  mine.growth("heap") > 1e6 && "the heap has grown",
  mine.growth("nodes") > 100 && "nodes are left",
  mine.growth("listeners") > 100 && "listeners are left",
  most > 1 && "a connection had two live sockets",
  timers > 0 && `${timers} timers are left`,
  ours.server.live().length > 0 && "sockets are left",
  ours.counts.waiting + ours.counts.twice + ours.reads().again > 0 && "messages are not accounted for",
  ours.clients.uncaught().length > 0 && `uncaught: ${ours.clients.uncaught().join(", ")}`,
].filter((complaint) => complaint !== false)
for (const complaint of complaints) console.log(`NOT OK: ${complaint}`)
if (complaints.length > 0) process.exitCode = 1
else if (values.write) writeSection("docs/reliability.md", `soak-${htmx}`, text)

for (const side of sides) await side.close()
await browser.close()
