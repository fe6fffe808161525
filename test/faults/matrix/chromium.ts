/** The cells of the matrix that jsdom cannot show: a real Chromium leaves, returns, hides, freezes, and loses its network. */
import type { BrowserContext, Page } from "playwright-core"
import { accept, type Behaviour, closeAfter, hang, reset } from "../../setup/behaviours.ts"
import { type HtmxVersion, html } from "../../setup/pages.ts"
import type { TestServer } from "../../setup/server.ts"
import { waitFor } from "../../setup/waitFor.ts"
import type { EventName } from "./events.ts"
import { watch } from "./inPage.ts"
import { type StateName, stateOf } from "./states.ts"
import { expected } from "./table.ts"

interface BrowserState {
  /** What the server does with each attempt. */
  readonly server: () => Behaviour
  /** The state that a further dial comes to. */
  readonly dialled: string
  readonly settings?: object
  /** Whether the page is hidden when it is open. */
  readonly isHidden?: boolean
}

/** The states that last while Chromium and a real server do what they do. */
const states = {
  connecting: { server: hang, dialled: "connecting" },
  holding: { server: accept, dialled: "open" },
  open: { server: accept, dialled: "open" },
  waiting: { server: () => accept((visit) => visit.reset()), dialled: "reconnecting" },
  paused: { server: accept, dialled: "open", isHidden: true },
  closed: { server: () => closeAfter(0, 1000), dialled: "closed" },
  failed: { server: reset, dialled: "failed", settings: { reconnectMaxAttempts: 0 } },
} satisfies Partial<Record<StateName, BrowserState>>

interface Play {
  readonly page: Page
  readonly context: BrowserContext
  readonly server: TestServer
}

const lifecycle = async ({ context, page }: Play, state: "frozen" | "active"): Promise<void> => {
  const session = await context.newCDPSession(page)
  await session.send("Page.setWebLifecycleState", { state })
  await session.detach()
}

/** What Chromium does, and what the table says about it last. */
const events = {
  removed: {
    last: "removed",
    act: ({ page }: Play) => page.evaluate(() => document.querySelector("#c")?.remove()),
  },
  "left and back": {
    last: "left and back",
    async act({ page, server }: Play) {
      await page.evaluate(() => document.body.classList.add("first"))
      await page.goto(server.page("/away", "<p>away</p>"))
      await page.goBack({ waitUntil: "commit" })
      // Otherwise it is another page that was loaded.
      await waitFor(() => page.evaluate(() => document.body?.classList.contains("first")))
    },
  },
  hidden: { last: "hidden", act: ({ page }: Play) => page.evaluate(() => window.watched.hide(true)) },
  "hidden and shown": {
    last: "hidden and shown",
    async act({ page }: Play) {
      await page.evaluate(() => window.watched.hide(true))
      await page.evaluate(() => window.watched.hide(false))
    },
  },
  "frozen and resumed": {
    last: "resumed",
    async act(play: Play) {
      await lifecycle(play, "frozen")
      await lifecycle(play, "active")
    },
  },
  "offline and online": {
    last: "online",
    async act({ context }: Play) {
      await context.setOffline(true)
      await context.setOffline(false)
    },
  },
} satisfies Record<string, { readonly last: EventName; readonly act: (play: Play) => Promise<unknown> }>

export type BrowserCell = readonly [state: keyof typeof states, event: keyof typeof events]

export const browserCells: ReadonlyArray<BrowserCell> = (
  Object.keys(states) as Array<keyof typeof states>
).flatMap((state) =>
  (Object.keys(events) as Array<keyof typeof events>).map((event) => [state, event] as const),
)

let count = 0

/** Plays a cell in a context of its own, and returns what is wrong with it. */
export const playInChromium = async (
  context: BrowserContext,
  server: TestServer,
  htmx: HtmxVersion,
  [stateName, eventName]: BrowserCell,
): Promise<ReadonlyArray<string>> => {
  const state: BrowserState = states[stateName]
  const event = events[eventName]
  const path = `/cell-${++count}`
  server.webSocket(path, state.server())
  const page = await context.newPage()
  const problems: Array<string> = []
  const shows = async (wanted: string, when: string): Promise<void> => {
    const read = () =>
      page.evaluate(() =>
        document.querySelector("#c") === null
          ? "gone"
          : document.querySelector("#s")?.getAttribute("data-ws-state"),
      )
    await waitFor(async () => (await read()) === wanted, 8_000).catch(async () =>
      problems.push(`${when} the page shows ${await read()}, not ${wanted}`),
    )
  }
  const count_ = (what: string, actual: number, most: number): void => {
    if (actual > most) problems.push(`${actual} ${what}, at most ${most}`)
  }
  /** What a page has alive, and the server. */
  const check = async (most: number): Promise<void> => {
    await waitFor(() => server.live(path).length <= most, 3_000).catch(() => {})
    count_("live sockets at the server", server.live(path).length, most)
    const live = await page.evaluate(
      () => window.watched.sockets.filter(({ readyState }) => readyState < 2).length,
    )
    count_("live sockets of the page", live, most)
    problems.push(...(await page.evaluate(() => window.watched.uncaught.splice(0))))
  }

  try {
    const settings = {
      reconnectDelay: 60_000,
      reconnectJitter: 0,
      pauseOnBackground: true,
      ...state.settings,
    }
    const connect = htmx === "4" ? "hx-ws:connect" : "ws-connect"
    const config =
      htmx === "4"
        ? `hx-config='${JSON.stringify({ ws: settings })}'`
        : `ws-config='${JSON.stringify(settings)}'`
    const body = `<div id="c" ${connect}="${path}" ${config}><i id="s" ${htmx === "4" ? "hx-ws:status" : "ws-status"}></i></div>`
    const first = `<script>(${watch})(${stateName === "holding"}); window.before = window.watched.census()</script>`
    const text = html({ htmx, ws: "ours", body }).replace("<head>", `<head>${first}`)
    await page.goto(server.page(path, text))
    if (state.isHidden) {
      await shows("open", "at first")
      await page.evaluate(() => window.watched.hide(true))
    }
    const { shown } = stateOf(stateName)
    await shows(shown, "at first")
    // On htmx 4 there is no connection any more that could keep a message.
    const accepts = htmx !== "4" || (shown !== "closed" && shown !== "failed")
    if (accepts) await page.evaluate((text) => window.watched.send(text), `first ${path}`)
    await event.act({ page, context, server })
    const wanted = expected(htmx, stateName, event.last)
    await shows(wanted === "connecting" ? state.dialled : wanted, `after ${eventName}`)
    await check(1)

    if (wanted !== "gone") {
      server.webSocket(path, accept())
      await page.evaluate(() => {
        window.watched.hide(false)
        window.watched.reconnect()
      })
      await shows("open", "after reconnect()")
      await page.evaluate((text) => window.watched.send(text), `last ${path}`)
      await waitFor(() => server.received(path).includes(`last ${path}`), 3_000).catch(() =>
        problems.push("no message arrives after reconnect()"),
      )
      await check(1)
      await page.evaluate(() => document.querySelector("#c")?.remove())
    }
    await check(0)
    const left = await waitFor(() => page.evaluate(() => window.watched.census().timers === 0), 3_000).catch(
      () => false,
    )
    if (!left) problems.push("timers are left")
    const endings = await page.evaluate(() => window.watched.endings)
    for (const [text, [ending, ...more]] of Object.entries(endings)) {
      const arrived = server.received(path).filter((received) => received === text).length
      // What was written may be lost on a socket that breaks.
      if (
        ending === undefined ||
        more.some((other) => other !== ending) ||
        arrived > Number(ending === "written")
      )
        problems.push(`"${text}" ended ${ending}, ${more}, and arrived ${arrived} times`)
    }
  } catch (error) {
    problems.push(String(error))
  } finally {
    await context.setOffline(false)
    await page.close()
  }
  return problems.map((problem) => `htmx ${htmx} in Chromium, ${stateName} × ${eventName}: ${problem}`)
}
