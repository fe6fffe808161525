/**
 * Accounts for every message of pages that send in all ways while their server fails in all ways: `npm run account`.
 *
 *     npm run account -- --seeds 20 --seconds 30 --htmx "1.9 2 4" --seed 1
 */
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { type BrowserContext, chromium } from "playwright-core"
import { writeSection } from "../../docs/sections.ts"
import { FaultServer } from "../faults/FaultServer.ts"
import { type FaultName, faults } from "../faults/faults.ts"
import { findChromium, flags } from "../setup/chromium.ts"
import { type HtmxVersion, html } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { work } from "./inPage.ts"
import { type Account, emptyAccount, NONE, settleAccount } from "./Losses.ts"
import { report } from "./report.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    seconds: { type: "string", default: "10" },
    htmx: { type: "string", default: "1.9 2 4" },
    write: { type: "boolean", default: false },
  },
})
const [first, seeds, seconds] = [Number(values.seed), Number(values.seeds), Number(values.seconds)]
const PAGES = 2
const CONNECTIONS = 6

const config = {
  reconnectDelay: 50,
  reconnectMaxDelay: 300,
  connectTimeout: 700,
  closeTimeout: 300,
  heartbeat: 500,
  heartbeatTimeout: 400,
  queueCapacity: 20,
  queueTtl: 1500,
  waitTimeout: 400,
  pauseOnBackground: true,
}

/** What a page asks for in the URL that it dials. */
const ofDials: ReadonlyArray<FaultName> = [
  "status-503",
  "reset-in-handshake",
  "open-and-gone",
  "wrong-accept",
  "hang",
  "end",
  "reset",
  "half-frame",
  "invalid-utf8",
  "close-1012",
  "close-1000",
  "close-4401",
  "close-without-code",
  "close-unanswered",
  "killed",
]
/** What befalls a connection at any time. */
const ofConnections: ReadonlyArray<FaultName> = [
  "end",
  "reset",
  "half-open",
  "half-frame",
  "invalid-utf8",
  "close-1000",
  "close-1001",
  "close-1008",
  "close-1011",
  "close-1012",
  "close-1013",
  "close-4401",
  "close-without-code",
  "close-unanswered",
  "close-and-end",
]

/** One time: pages send, their server fails, and in the end every message is asked for. */
const runOnce = async (
  context: BrowserContext,
  htmx: HtmxVersion,
  seed: number,
  account: Account,
): Promise<void> => {
  await using web = await TestServer.start()
  const server = await FaultServer.start()
  const isNative = htmx === "4"
  web.page("/", html({ htmx, ws: "min", config: { ws: config }, body: `<main id="rooms"></main>` }))
  const befell = new Map<string, string>()
  const pages = await Promise.all(
    Array.from({ length: PAGES }, async (_, at) => {
      const page = await context.newPage()
      page.on("pageerror", ({ message }) => {
        if (!/on purpose/.test(message)) account.wrong.push(`uncaught: ${message}`)
      })
      await page.goto(web.url("/"))
      const origin = `ws://127.0.0.1:${server.port}`
      await page.evaluate(work, {
        isNative,
        page: `p${at}`,
        seed: seed * 1000 + at,
        connections: CONNECTIONS,
        origin,
        faults: ofDials,
      })
      return page
    }),
  )
  // It does not follow from the seed which connections are open at a time.
  let round = seed
  const pick = <A>(list: ReadonlyArray<A>): A => list[round++ % list.length] as A
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    await pause(150)
    for (const dial of server.live()) {
      const id = /^\/(p\d+c\d+)/.exec(dial.path)?.[1]
      const content = `<p id="${id}log">${round}</p>`
      const isOld = !isNative || Number(id?.at(-1)) % 2 === 1
      dial.send(isOld ? content : JSON.stringify({ target: `#${id}log`, swap: "outerHTML", content }))
    }
    const live = server.live().filter(({ path }) => !befell.has(path))
    if (round % 40 === 0) {
      // The server restarts: all connections at once.
      for (const dial of live) {
        befell.set(dial.path, "restart")
        dial.close(1012)
        dial.reset()
      }
    } else if (live.length > 0) {
      const [dial, name] = [live[(round * 7) % live.length], pick(ofConnections)]
      if (dial === undefined) continue
      befell.set(dial.path, name)
      faults[name].afterOpen?.(dial)
    }
    round++
  }
  const stopping = Promise.all(pages.map((page) => page.evaluate(() => window.account.stop())))
  const entries = (await inTime(stopping, 60_000, "the pages have not stopped")).flat()
  // What was written last is still on its way.
  await pause(500)
  const byUrl = new Map(server.dials.map(({ parameters, path }) => [path, parameters.get("fault")]))
  settleAccount(account, entries, server, (path) => befell.get(path) ?? byUrl.get(path) ?? NONE)
  for (const page of pages) await page.close()
  // Connections of killed processes may never end.
  await Promise.race([server.close(), pause(5_000)])
}

/** Fails if `promise` takes too long. */
const inTime = async <A>(promise: Promise<A>, millis: number, sentence: string): Promise<A> => {
  const late = new AbortController()
  const tooLong = pause(millis, undefined, { signal: late.signal }).then(() => {
    throw new Error(sentence)
  })
  tooLong.catch(() => {})
  try {
    return await Promise.race([promise, tooLong])
  } finally {
    late.abort()
  }
}

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
const accounts = await Promise.all(
  (values.htmx.split(" ") as Array<HtmxVersion>).map(async (htmx) => {
    const context = await browser.newContext({ reducedMotion: "reduce" })
    const account = emptyAccount()
    for (let seed = first; seed < first + seeds; seed++) {
      const before = account.wrong.length
      await runOnce(context, htmx, seed, account)
      for (const sentence of account.wrong.slice(before, before + 5))
        console.log(`htmx ${htmx}, seed ${seed}: ${sentence}`)
    }
    return [htmx, account] as const
  }),
)
await browser.close()
const text = report(accounts, { first, seeds, seconds })
console.log(text)
const wrong = accounts.flatMap(([, { wrong }]) => wrong)
console.log(
  wrong.length === 0 ? "\nEvery message is accounted for." : `\n${wrong.length} are not as they should be.`,
)
if (values.write && wrong.length === 0) writeSection("docs/reliability.md", "account", text)
process.exit(wrong.length === 0 ? 0 : 1)
