/** Random commands to a page with the built scripts and companions, to its server, and what must hold of both. */
import * as fc from "fast-check"
import type { Page } from "playwright-core"
import { Room } from "../resume/Room.ts"
import { companionTags } from "../setup/companions.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"

const names = [
  "submit",
  "submit",
  "submit",
  "say",
  "say",
  "say",
  "reconnect",
  "close",
  "hide",
  "show",
  "offline",
  "online",
  "remove",
  "insert",
  "process",
  "reset",
  "end",
  "restart",
  "close finally",
  "half-open",
  "refuse",
  "wait",
  "settle",
] as const
export type Command = (typeof names)[number]

export interface PagePlan {
  readonly isNative: boolean
  readonly commands: ReadonlyArray<Command>
}

export const pagePlans = (htmx: HtmxVersion, length: number): fc.Arbitrary<PagePlan> =>
  fc.record({
    isNative: htmx === "4" ? fc.boolean() : fc.constant(false),
    commands: fc.array(fc.constantFrom(...names), { minLength: length, maxLength: length }),
  })

/** What the page is to do: the state in which it rests. */
class Expected {
  isPresent = true
  isClosed = false
  isHidden = false

  get state(): string {
    if (!this.isPresent) return "none"
    return this.isClosed ? "closed" : this.isHidden ? "paused" : "open"
  }
}

/** A message of the page, by its id. */
interface Delivery {
  readonly states: ReadonlyArray<string>
}

interface Seen {
  readonly state: string
  readonly rows: string
  readonly mostSockets: number
  readonly sockets: number
  readonly deliveries: Readonly<Record<string, Delivery["states"]>>
  readonly waiting: number
  readonly problems: ReadonlyArray<string>
}

declare global {
  interface Window {
    pageModel: {
      act: (command: string) => void
      seen: () => Seen
    }
  }
}

/** What runs in the page. */
const install = (isNative: boolean): void => {
  const htmx = (globalThis as unknown as { htmx: { process(element: Element): void } }).htmx
  interface Carrier {
    readonly state: string
    readonly queue: { readonly length: number }
    reconnect(): void
    close(): void
  }
  const { sockets, first } = window as unknown as { sockets: Array<WebSocket>; first: Carrier }
  const prefix = isNative ? "hx-ws:" : "ws-"
  const room = document.getElementById("room") as HTMLElement
  room.insertAdjacentHTML(
    "beforeend",
    `<form id="say" ${prefix}send ${prefix}ack="2s"><input name="text"><button>Say</button><output ${prefix}delivery></output></form>`,
  )
  const written = room.outerHTML
  const view = room.parentElement as HTMLElement
  let carrier = first
  let said = 0
  const problems: Array<string> = []
  const deliveries: Record<string, Array<string>> = {}
  const on = (name: string, listener: (detail: Record<string, unknown>) => void): void =>
    document.addEventListener(name, (event) => listener((event as CustomEvent).detail))
  const meet = (detail: Record<string, unknown>): void => {
    carrier = (detail.connection ?? detail.socketWrapper) as Carrier
  }
  for (const name of ["htmx:wsConfigConnect", "htmx:ws:before:connection"]) on(name, meet)
  for (const name of ["htmx:wsDelivery", "htmx:ws:delivery"])
    on(name, ({ id, state }) => {
      const states = deliveries[id as string] ?? []
      deliveries[id as string] = states
      if (states.at(-1) !== state) states.push(state as string)
    })
  window.addEventListener("error", ({ message }) => problems.push(message))
  window.addEventListener("unhandledrejection", ({ reason }) => problems.push(String(reason)))
  const setHidden = (value: boolean): void => {
    Object.defineProperty(document, "hidden", { configurable: true, value })
    document.dispatchEvent(new Event("visibilitychange"))
  }
  const setOnline = (value: boolean): void => {
    Object.defineProperty(navigator, "onLine", { configurable: true, value })
    window.dispatchEvent(new Event(value ? "online" : "offline"))
  }
  const actions: Readonly<Record<string, () => void>> = {
    submit: () => {
      const form = document.getElementById("say") as HTMLFormElement | null
      if (form === null) return
      ;(form.elements.namedItem("text") as HTMLInputElement).value = `word ${said++}`
      form.requestSubmit()
    },
    reconnect: () => carrier.reconnect(),
    close: () => carrier.close(),
    hide: () => setHidden(true),
    show: () => setHidden(false),
    offline: () => setOnline(false),
    online: () => setOnline(true),
    remove: () => document.getElementById("room")?.remove(),
    insert: () => {
      view.insertAdjacentHTML("afterbegin", written)
      htmx.process(document.getElementById("room") as Element)
    },
    process: () => htmx.process(document.body),
  }
  const live = () => sockets.filter(({ readyState }) => readyState < WebSocket.CLOSING).length
  htmx.process(document.getElementById("say") as Element)
  window.pageModel = {
    act: (command) => actions[command]?.(),
    seen: () => ({
      state: document.getElementById("room") === null ? "none" : carrier.state,
      rows: Array.from(document.querySelectorAll("#log li"), ({ textContent }) => textContent).join(" "),
      mostSockets: (window as unknown as { mostSockets: number }).mostSockets,
      sockets: live(),
      deliveries,
      waiting: carrier.queue.length,
      problems,
    }),
  }
}

/** Counts the sockets of the page, and finds the connection. */
const counting = `<script>
  for (const name of ["htmx:wsConfigConnect", "htmx:ws:before:connection"])
    document.addEventListener(name, ({ detail }) => { window.first ??= detail.connection ?? detail.socketWrapper })
  window.sockets = []; window.mostSockets = 0
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given)
      sockets.push(this)
      mostSockets = Math.max(mostSockets, sockets.filter((socket) => socket.readyState < 2).length)
    }
  }
</script>`

const idOf = (text: string): string | undefined => /"HX-Message-ID":"([^"]+)"/.exec(text)?.[1]

export interface PageTally {
  readonly commands: number
  readonly dials: number
  readonly messages: number
  readonly acked: number
  readonly rows: number
}

/** Carries out a plan. Throws if the page and its server are not as they should be. */
export const carryOutOnPage = async (page: Page, htmx: HtmxVersion, plan: PagePlan): Promise<PageTally> => {
  await using server = await TestServer.start()
  const { commands, isNative } = plan
  const config = {
    reconnectDelay: 20,
    reconnectMaxDelay: 40,
    closeTimeout: 200,
    heartbeat: 400,
    heartbeatTimeout: 400,
    pauseOnBackground: true,
  }
  const head = companionTags(true).replace('<script src="/dist/ws-resume.js"></script>', "")
  const room = new Room(server, {
    htmx,
    isNative,
    keep: 50,
    answer: "everything",
    config,
    head: counting + head,
  })
  room.say("0")
  const expected = new Expected()
  const acknowledged = new Set<string>()
  let said = 1
  const received = (): ReadonlyArray<string> => server.received("/room").flatMap((text) => idOf(text) ?? [])
  const acknowledge = (): void => {
    for (const visit of room.members)
      for (const text of visit.texts) {
        const id = idOf(text)
        if (id === undefined || acknowledged.has(id)) continue
        acknowledged.add(id)
        visit.send(JSON.stringify({ "HX-Ack": id }))
      }
  }
  const look = (): Promise<Seen> => page.evaluate(() => window.pageModel.seen())
  let last: Seen | undefined
  const rests = async (): Promise<boolean> => {
    acknowledge()
    last = await look()
    const { rows, sockets, state, waiting } = last
    if (state !== expected.state) return false
    if (state !== "open") return sockets === 0
    const isConnected = room.members.some(({ ending }) => !ending)
    return sockets === 1 && isConnected && waiting === 0 && rows === room.messages.join(" ")
  }
  const settle = async (): Promise<void> => {
    try {
      await waitFor(rests, 6_000, { every: 10 })
    } catch (cause) {
      const wanted = { state: expected.state, rows: room.messages.join(" ") }
      throw new Error(`The page rests as ${JSON.stringify(last)}, and not as ${JSON.stringify(wanted)}`, {
        cause,
      })
    }
  }
  const act = (command: Command): Promise<void> =>
    page.evaluate((command) => window.pageModel.act(command), command)
  const perform: { readonly [Name in Command]: () => unknown } = {
    submit: () => act("submit"),
    say: () => room.say(String(said++)),
    reconnect: async () => {
      if (!expected.isPresent || expected.isHidden) return
      await act("reconnect")
      expected.isClosed = false
    },
    close: async () => {
      if (!expected.isPresent) return
      await act("close")
      expected.isClosed = true
    },
    hide: async () => {
      await act("hide")
      expected.isHidden = true
    },
    show: async () => {
      await act("show")
      expected.isHidden = false
    },
    offline: () => act("offline"),
    online: () => act("online"),
    remove: async () => {
      await act("remove")
      expected.isPresent = false
    },
    insert: async () => {
      if (expected.isPresent || expected.isHidden) return
      await act("insert")
      expected.isPresent = true
      expected.isClosed = false
    },
    // On htmx 4 what has closed for good is triggered again by processing.
    process: () => (expected.isClosed ? undefined : act("process")),
    // A reset may overtake a close frame: then the browser says 1006.
    reset: () => room.members.forEach((visit) => void (visit.ending || visit.reset())),
    end: () => room.members.forEach((visit) => void visit.end()),
    restart: () => room.restart(),
    "close finally": async () => {
      await settle()
      if (expected.state !== "open") return
      for (const visit of room.members) visit.close(4401)
      expected.isClosed = true
    },
    // A page has the code of a close frame only when the browser has ended the connection. If that takes longer than
    // the heartbeat allows for, it is a lost one.
    "half-open": () => {
      if (!room.members.some(({ ending }) => ending)) room.silence()
    },
    refuse: () => {
      room.refusals = 2
    },
    wait: () => new Promise((resolve) => setTimeout(resolve, 30)),
    settle,
  }
  await page.goto(server.url("/"), { timeout: 15_000 })
  await page.evaluate(install, isNative)
  for (const command of commands) {
    await perform[command]()
    acknowledge()
  }
  // Whatever has happened, it can go on.
  for (const command of ["show", "online", "insert", "reconnect", "submit", "say", "settle"] as const)
    await perform[command]()
  const ending = (states: ReadonlyArray<string>): boolean => /acked|failed|unknown/.test(states.at(-1) ?? "")
  await waitFor(async () => {
    await rests()
    return Object.values(last?.deliveries ?? {}).every(ending)
  }, 6_000)
  const { deliveries, mostSockets, problems } = last as unknown as Seen
  const got = received()
  const wrong = [
    ...problems,
    ...(mostSockets > 1 ? [`${mostSockets} sockets at once`] : []),
    ...got.filter((id, at) => got.indexOf(id) < at).map((id) => `${id} was received twice`),
  ]
  for (const [id, states] of Object.entries(deliveries)) {
    if (states.at(-1) === "acked" && !acknowledged.has(id)) wrong.push(`${id} was never acknowledged`)
    if (states.at(-1) === "failed" && got.includes(id)) wrong.push(`${id} failed, and was received`)
  }
  for (const id of got) if (deliveries[id] === undefined) wrong.push(`${id} was received, and has no state`)
  if (wrong.length > 0) throw new Error(wrong.join("; "))
  return {
    commands: commands.length,
    dials: server.visitsTo("/room").length,
    messages: Object.keys(deliveries).length,
    acked: Object.values(deliveries).filter((states) => states.at(-1) === "acked").length,
    rows: room.messages.length,
  }
}
