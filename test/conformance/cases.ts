/**
 * The behaviour common to all generations of htmx, as cases that run in any page: they drive it by code as text, and
 * the server is real. A generation declares its spellings; the behaviour is the same.
 */
import { expect } from "vitest"
import { accept, closeAfter, inTurn, refuse } from "../setup/behaviours.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import type { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"

/** The spellings of a generation. */
export interface Capabilities {
  readonly htmx: HtmxVersion
  readonly connect: string
  readonly send: string
  readonly status: string
  /** Returns the attribute for a setting. */
  readonly setting: (setting: string) => string
  /** The attribute that stops everything inside of it from connecting and sending. */
  readonly off: string
  /** The key of the headers in a message. */
  readonly headers: "HEADERS" | "headers"
  readonly events: {
    readonly dial: string
    readonly open: string
    readonly close: string
    readonly sent: string
  }
  /** The path to the URL in the event before a dial. */
  readonly url: string
  /** Whether a frame is swapped without `hx-swap-oob`. */
  readonly swapsById: boolean
}

const old = { connect: "ws-connect", send: "ws-send", headers: "HEADERS", swapsById: true } as const

const htmx2 = {
  ...old,
  status: "ws-status",
  setting: (setting: string) => `ws-config="${setting}"`,
  off: "hx-disable",
  events: {
    dial: "htmx:wsConfigConnect",
    open: "htmx:wsOpen",
    close: "htmx:wsClose",
    sent: "htmx:wsAfterSend",
  },
  url: "detail.url",
} as const

const htmx4 = {
  htmx: "4",
  status: "hx-ws:status",
  setting: (setting: string) => `hx-config="ws.${setting}"`,
  off: "hx-ignore",
  events: {
    dial: "htmx:ws:before:connection",
    open: "htmx:ws:after:connection",
    close: "htmx:ws:close",
    sent: "htmx:ws:after:message:outgoing",
  },
  url: "detail.connection.url",
} as const

export const generations: Readonly<Record<string, Capabilities>> = {
  "htmx 1.9": { ...htmx2, htmx: "1.9" },
  "htmx 2": { ...htmx2, htmx: "2" },
  "htmx 4, old attributes": { ...htmx4, ...old },
  "htmx 4": {
    ...htmx4,
    connect: "hx-ws:connect",
    send: "hx-ws:send",
    headers: "headers",
    swapsById: false,
  },
}

/** A page that is being driven. */
export interface Stage {
  readonly server: TestServer
  /** Opens a page with this body; `script` runs before htmx starts. */
  readonly open: (body: string, script?: string) => Promise<void>
  /** Evaluates an expression in the page. */
  readonly run: <A>(code: string) => A | Promise<A>
}

export interface Case {
  readonly title: string
  /** The capability that the case needs. */
  readonly needs?: "swapsById"
  readonly play: (stage: Stage, spelled: Capabilities) => Promise<void>
}

const owner = ({ connect, send, setting, status }: Capabilities, more = ""): string =>
  `<div id="c" ${connect}="/ws" ${setting("reconnectDelay:20ms")} ${more}>
     <b id="state" ${status}></b><p id="out">nothing</p>
     <table><tbody id="rows"><tr id="row"><td>old</td></tr></tbody></table>
     <form id="f" ${send}><input name="word" value="hello"><button id="b" name="by" value="me">Say</button></form>
   </div>`

const live = (server: TestServer) => waitFor(() => server.live("/ws").length === 1)
const said = (server: TestServer): Array<Record<string, unknown>> =>
  server.received("/ws").map((text) => JSON.parse(text))
const text = ({ run }: Stage, selector: string) =>
  run<string>(`document.querySelector("${selector}").textContent`)
const stateOf = ({ run }: Stage) => run<string>(`document.getElementById("state").dataset.wsState`)
const shows = (stage: Stage, state: string) => waitFor(async () => (await stateOf(stage)) === state)

/** Returns the cases that apply to a generation. */
export const casesFor = (capabilities: Capabilities): ReadonlyArray<Case> =>
  cases.filter(({ needs }) => needs === undefined || capabilities[needs])

const cases: ReadonlyArray<Case> = [
  {
    title: "connects once, however often it is processed",
    play: async ({ open, run, server }, spelled) => {
      await open(owner(spelled))
      await live(server)
      await run(`htmx.process(document.body), htmx.process(document.getElementById("c")), 1`)
      await run(`document.getElementById("c").className = "other", htmx.process(document.body), 1`)
      server.send(`<p id="out" hx-swap-oob="true">there</p>`)
      await waitFor(async () => (await run(`document.getElementById("out").textContent`)) === "there")
      expect(server.visits).toHaveLength(1)
    },
  },
  {
    title: "swaps each element with hx-swap-oob by its id and in its swap style",
    play: async (stage, spelled) => {
      await stage.open(owner(spelled))
      await live(stage.server)
      stage.server.send(`<p id="out" hx-swap-oob="beforeend">, then <i>more</i></p>`)
      await waitFor(async () => (await text(stage, "#out")) === "nothing, then more")
      stage.server.send(`<p id="out" hx-swap-oob="true">other</p>`)
      await waitFor(async () => (await text(stage, "#out")) === "other")
    },
  },
  {
    title: "swaps an element without hx-swap-oob by its id, and rows from a template",
    needs: "swapsById",
    play: async (stage, spelled) => {
      await stage.open(owner(spelled))
      await live(stage.server)
      stage.server.send(`<p id="out">other</p><template><tr id="row"><td>new</td></tr></template>`)
      await waitFor(async () => (await text(stage, "#row")) === "new")
      expect(await text(stage, "#out")).toBe("other")
    },
  },
  {
    title: "sends the values of a form, its button and the headers as one JSON object",
    play: async ({ open, run, server }, spelled) => {
      await open(owner(spelled))
      await live(server)
      await run(`document.getElementById("b").click(), 1`)
      await waitFor(() => said(server).length === 1)
      const [{ [spelled.headers]: headers, ...values } = {}] = said(server)
      expect(values).toEqual({ word: "hello", by: "me" })
      expect(headers).toMatchObject({ "HX-Request": "true" })
    },
  },
  {
    title: "queues messages while the server is down, and sends them in order when it is back",
    play: async (stage, spelled) => {
      const { open, run, server } = stage
      await open(owner(spelled))
      await live(server)
      server.webSocket("/ws", refuse(503))
      for (const visit of server.live("/ws")) visit.close(1012)
      // The page learns of it after the server.
      await waitFor(async () => (await stateOf(stage)) !== "open")
      for (const word of ["one", "two", "three"]) {
        await run(
          `document.querySelector("[name=word]").value = "${word}", document.getElementById("f").requestSubmit(), 1`,
        )
      }
      server.webSocket("/ws", accept())
      await waitFor(() => said(server).length === 3)
      expect(said(server).map(({ word }) => word)).toEqual(["one", "two", "three"])
    },
  },
  {
    title: "shows its state: open, reconnecting, open again, closed",
    play: async (stage, spelled) => {
      stage.server.webSocket("/ws", inTurn(accept(), accept(), closeAfter(0, 1000)))
      const { dial, open } = spelled.events
      await stage.open(
        owner(spelled),
        `window.states = []
         addEventListener("${dial}", () => states.push("dial"))
         addEventListener("${open}", () => states.push("open"))`,
      )
      await shows(stage, "open")
      for (const visit of stage.server.live("/ws")) visit.close(1012)
      await waitFor(async () => (await stage.run<Array<string>>("states")).length === 4)
      await shows(stage, "open")
      expect(await stage.run("states")).toEqual(["dial", "open", "dial", "open"])
      for (const visit of stage.server.live("/ws")) visit.close(1000)
      await shows(stage, "closed")
    },
  },
  {
    title: "fires an event before every dial, and dials the URL that a listener sets",
    play: async ({ open, server }, spelled) => {
      server.webSocket("/ws", inTurn(closeAfter(0, 1012), accept()))
      await open(
        owner(spelled),
        `window.token = 0
         addEventListener("${spelled.events.dial}", ({ detail }) => { ${spelled.url} = "/ws?token=" + ++token })`,
      )
      await waitFor(() => server.visits.length === 2 && server.live("/ws").length === 1)
      expect(server.visits.map(({ url }) => url)).toEqual(["/ws?token=1", "/ws?token=2"])
    },
  },
  {
    title: "closes once, at once and for good when a script removes its element without htmx",
    play: async ({ open, run, server }, spelled) => {
      await open(owner(spelled))
      await live(server)
      await run(
        `window.closes = 0, window.gone = document.getElementById("c"),
         gone.addEventListener("${spelled.events.close}", () => closes++), gone.remove(), 1`,
      )
      await waitFor(() => server.live().length === 0)
      expect(await run("closes")).toBe(1)
      expect(server.visits).toHaveLength(1)
    },
  },
  {
    title: "sends nothing from an invalid form",
    play: async ({ open, run, server }, spelled) => {
      await open(owner(spelled))
      await live(server)
      const submit = `document.getElementById("b").click(), 1`
      await run(`document.querySelector("[name=word]").required = true, 1`)
      await run(`document.querySelector("[name=word]").value = "", ${submit}`)
      await run(`document.querySelector("[name=word]").value = "valid", ${submit}`)
      await waitFor(() => said(server).length === 1)
      expect(said(server)).toMatchObject([{ word: "valid" }])
    },
  },
  {
    title: "neither connects nor sends inside an element that switches it off",
    play: async ({ open, run, server }, spelled) => {
      await open(`<section ${spelled.off}>${owner(spelled)}</section><div ${spelled.connect}="/other"></div>`)
      await waitFor(() => server.live("/other").length === 1)
      await run(
        `document.getElementById("f").addEventListener("submit", (event) => event.preventDefault()), 1`,
      )
      await run(`document.getElementById("b").click(), 1`)
      expect([server.visitsTo("/ws"), server.visitsTo("/other").flatMap(({ texts }) => texts)]).toEqual([
        [],
        [],
      ])
    },
  },
]
