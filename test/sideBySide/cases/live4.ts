import { hang } from "../../setup/behaviours.ts"
import type { Case, Deviation } from "../Case.ts"
import { askedLater, connected4, form4, listen } from "./page4.ts"

const on = ["4"] as const

const inClose = (write: string, code: number): Case => ({
  title: `A listener of ws:close writes ${write} at a close with ${code}`,
  on,
  page: connected4(form4),
  script: listen("close", write),
  steps: async (stage) => {
    await stage.close(code)
    await stage.pass(5_000)
  },
})

const configured = (config: string): Case => ({
  title: `hx-config="${config}" and a close that is retried`,
  on,
  page: connected4(form4, `hx-config="${config}"`),
  steps: async (stage) => {
    await stage.close(1012)
    await stage.pass(5_000)
  },
})

/** Makes every dial fail in the page, since a browser delays dials to a server that refuses many. */
const failing = `
  window.WebSocket = class extends EventTarget {
    static OPEN = 1
    static CLOSED = 3
    get [Symbol.toStringTag]() { return "WebSocket" }
    readyState = 0
    constructor(url) {
      super()
      show("dial " + url)
      setTimeout(() => {
        this.readyState = 3
        this.dispatchEvent(new CloseEvent("close", { code: 1006 }))
      })
    }
    close() {}
  }`

/** Makes a case in which a listener of ws:close writes something at the second failure of a series. */
const inSeries = (write: string): Case => ({
  title: `A listener of ws:close writes ${write} during a series`,
  on,
  page: connected4(form4),
  first: failing,
  script: listen("close", `if (connection.attempt === 2) ${write}`),
  steps: (stage) => stage.pass(5_000),
  deviates: [askedLater],
})

const morphed = (attributes: string, url = "/ws"): string => {
  const text = connected4(form4, attributes).replace("/ws", url)
  return `htmx.swap({ sourceElement: document.body, target: "#box", swap: "innerMorph", text: ${JSON.stringify(text)} })`
}

const toldAfterMorph: Deviation = {
  name: "the close caused by a morph is reported when it is known that the connection does not stay",
  wants: "(announced by `before:morph:attr` in the same turn): the connection stays.",
  lines: `
    - htmx:ws:close on #c …
    + htmx:ws:close on #c …`,
}

const hide = `
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true })
  Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true })
  document.dispatchEvent(new Event("visibilitychange"))`

/** Cases in which listeners write into the connection and its config. */
export const live4: ReadonlyArray<Case> = [
  inClose("connection.config.reconnect = false", 1012),
  inClose("connection.config.reconnectCodes = [4000]", 1012),
  inClose("connection.config.reconnectCodes = [4000]", 4000),
  inClose("connection.config.reconnectCodes.push(4000)", 4000),
  inClose("connection.config.reconnectMaxAttempts = 0", 1012),
  inClose("connection.config = { ...connection.config, reconnect: false }", 1012),
  inClose("connection.config.reconnectDelay = 50", 1012),
  inClose("connection.config.reconnectJitter = 0", 1012),
  configured("ws.reconnectMaxAttempts:-1"),
  configured("ws.reconnectMaxAttempts:0"),
  {
    title: "htmx.config.ws.reconnect is null",
    on,
    page: connected4(form4),
    script: "htmx.config.ws = { reconnect: null }",
    steps: async (stage) => {
      await stage.close(1012)
      await stage.pass(5_000)
    },
  },
  inSeries("connection.config.reconnectDelay = 100"),
  inSeries(`connection.config.reconnectDelay = "100ms"`),
  inSeries("connection.config.reconnectMaxDelay = 1500"),
  inSeries("connection.attempt = 0"),
  inSeries("connection.attempt = 5"),
  inSeries("connection.config = { ...connection.config, reconnectDelay: 100 }"),
  {
    title: "A listener of ws:close counts the attempts itself, of a connection that has opened",
    on,
    page: connected4(form4),
    script: listen("close", "connection.attempt = 2"),
    steps: async (stage) => {
      await stage.close(1012)
      await stage.pass(1_999)
      await stage.show(`"almost 2 s"`)
      await stage.pass(1)
    },
    deviates: [
      {
        name: "listeners are called at the time of the dial",
        wants: "`before:connection` runs immediately before every dial, on every path",
        lines: `
          - htmx:ws:before:connection on #c …
          + htmx:ws:before:connection on #c …`,
      },
    ],
  },
  {
    title: "A listener of ws:close sets an attempt beyond reconnectMaxAttempts",
    on,
    page: connected4(form4, `hx-config="ws.reconnectMaxAttempts:5"`),
    script: listen("close", "connection.attempt = 5"),
    steps: async (stage) => {
      await stage.close(1012)
      await stage.pass(60_000)
    },
  },
  {
    title: "A listener puts a URL object in place of the URL",
    on,
    page: connected4(form4),
    script: listen(
      "before:connection",
      `const url = new URL(connection.url); url.searchParams.set("token", "t"); connection.url = url`,
    ),
    steps: (stage) => stage.click("#say"),
  },
  ...["false", "null", "-1", "0"].map(
    (value): Case => ({
      title: `maxOutgoingMessagesQueueSize is ${value}`,
      on,
      page: connected4(form4),
      server: hang,
      script: `htmx.config.ws = { maxOutgoingMessagesQueueSize: ${value} }`,
      steps: (stage) => stage.click("#say"),
    }),
  ),
  {
    title: "A listener of the close that follows its veto triggers the connection again",
    on,
    page: connected4(form4, `hx-trigger="go"`),
    script: `let asked = 0; ${listen("before:connection", "if (asked++ === 0) event.preventDefault()")}
      ${listen("close", `if (event.detail.reason === "cancelled") htmx.trigger("#c", "go")`)}`,
    steps: async (stage) => {
      await stage.run(`htmx.trigger("#c", "go")`)
      await stage.click("#say")
    },
  },
  {
    title: "A listener of the close that follows the veto of a retry triggers the connection again",
    on,
    page: connected4(form4, `hx-trigger="go"`),
    script: `let asked = 0; ${listen("before:connection", "if (asked++ === 1) event.preventDefault()")}
      ${listen("close", `show(event.detail.reason); htmx.trigger("#c", "go")`)}`,
    steps: async (stage) => {
      await stage.run(`htmx.trigger("#c", "go")`)
      await stage.close(1012)
      await stage.pass(1_000)
      await stage.run(`htmx.trigger("#c", "go")`)
    },
  },
  {
    title: "A morph changes the trigger of a connect element that is not connected yet",
    on,
    page: `<div id="box">${connected4(form4, `hx-trigger="one"`)}</div>`,
    steps: async (stage) => {
      await stage.run(morphed(`hx-trigger="two"`))
      await stage.run(`htmx.trigger("#c", "one")`)
      await stage.click("#say")
      await stage.run(`htmx.trigger("#c", "two")`)
      await stage.click("#say")
    },
  },
  {
    title: "A morph takes the trigger from a connect element that is not connected yet",
    on,
    page: `<div id="box">${connected4(form4, `hx-trigger="one"`)}</div>`,
    steps: async (stage) => {
      await stage.run(morphed(""))
      await stage.click("#say")
    },
  },
  {
    title: "A morph changes the trigger of a connect element that is connected",
    on,
    page: `<div id="box">${connected4(form4, `hx-trigger="one"`)}</div>`,
    steps: async (stage) => {
      await stage.run(`htmx.trigger("#c", "one")`)
      await stage.run(morphed(`hx-trigger="two"`))
      await stage.run(`htmx.trigger("#c", "two")`)
      await stage.click("#say")
      await stage.close(1000)
      await stage.run(`htmx.trigger("#c", "one")`)
      await stage.run(`htmx.trigger("#c", "two")`)
      await stage.click("#say")
    },
    deviates: [
      {
        name: "the connection stays",
        wants: "(announced by `before:morph:attr` in the same turn): the connection stays.",
        lines: `
          - htmx:ws:close on #c …
          - htmx:ws:before:connection on #c …
          - dial ws://HOST/ws
          - htmx:ws:after:connection on #c …
          - server: /ws
          - server saw the end: 1005`,
      },
    ],
  },
  {
    title: "A morph changes the URL of a connect element that is connected",
    on,
    page: `<div id="box">${connected4(form4)}</div>`,
    steps: async (stage) => {
      await stage.run(morphed("", "/other"))
      await stage.click("#say")
    },
    deviates: [toldAfterMorph],
  },
  {
    title:
      "A morph changes the URL and the trigger of a connect element that is connected: it waits for that",
    on,
    page: `<div id="box">${connected4(form4)}</div>`,
    steps: async (stage) => {
      await stage.run(morphed(`hx-trigger="join"`, "/other"))
      await stage.click("#say")
      await stage.run(`htmx.trigger("#c", "join")`)
      await stage.click("#say")
    },
    deviates: [toldAfterMorph],
  },
  {
    title: "The hx-config of a connect element is changed later",
    on,
    page: connected4(form4),
    steps: async (stage) => {
      await stage.run(`document.querySelector("#c").setAttribute("hx-config", "ws.reconnect:false")`)
      await stage.run("htmx.process(document.body)")
      await stage.close(1012)
      await stage.pass(5_000)
    },
    deviates: [
      {
        name: "a changed hx-config counts",
        wants:
          "and so do an owner's `hx-config`, `hx-trigger` and URL changed by a morph or filled in later.",
        lines: `
          - htmx:ws:before:connection on #c …
          - dial ws://HOST/ws
          - htmx:ws:after:connection on #c …
          - server: /ws`,
      },
    ],
  },
  {
    title: "An empty URL is filled in later",
    on,
    page: `<div id="c" hx-ws:connect="">${form4}</div>`,
    steps: async (stage) => {
      await stage.run(`document.querySelector("#c").setAttribute("hx-ws:connect", "/ws")`)
      await stage.run("htmx.process(document.body)")
      await stage.click("#say")
    },
  },
  {
    title: "A connect element leaves the document for a while, and is processed when it is back",
    on,
    page: connected4(form4),
    steps: async (stage) => {
      await stage.run(`window.c = document.querySelector("#c"); c.remove()`)
      await stage.pass(1_000)
      await stage.run("document.body.append(c); htmx.process(c)")
      await stage.click("#say")
    },
    deviates: [
      {
        name: "an element that leaves takes its socket with it, and gets another when it is back",
        wants: "An element that comes back into the document and is processed connects again.",
        lines: `
          + htmx:ws:close on #c (detached) …
          + htmx:ws:before:connection on #c …
          + dial ws://HOST/ws
          + htmx:ws:after:connection on #c …
          + server saw the end: …
          + server: /ws`,
      },
    ],
  },
  {
    title: "A listener makes the queue smaller",
    on,
    page: connected4(form4),
    server: hang,
    script: listen("before:connection", "connection.config.maxOutgoingMessagesQueueSize = 1"),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.click("#say")
    },
  },
  {
    title: "A listener makes the queue smaller while messages wait",
    on,
    page: connected4(form4),
    server: hang,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run(
        `document.querySelector("#c")._htmx.ws.connection.config.maxOutgoingMessagesQueueSize = 1`,
      )
      await stage.click("#say")
    },
  },
  {
    title: "A listener replaces the queue",
    on,
    page: connected4(form4),
    server: hang,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run(`document.querySelector("#c")._htmx.ws.connection.queue = []`)
      await stage.click("#say")
      await stage.visit.accept()
    },
  },
  {
    title: "A listener sets the attempt back during a series",
    on,
    page: connected4(form4),
    first: failing,
    script: listen("close", "connection.attempt = 0"),
    steps: (stage) => stage.pass(4_000),
    deviates: [askedLater],
  },
  ...["0", "null", "''"].map(
    (value): Case => ({
      title: `pauseOnBackground is ${value}`,
      on,
      page: connected4(form4),
      script: `htmx.config.ws = { pauseOnBackground: ${value} }`,
      steps: (stage) => stage.run(hide),
    }),
  ),
  {
    title: "A page in the background is paused",
    on,
    page: connected4(form4),
    steps: (stage) => stage.run(hide),
  },
  {
    title: "htmx.config.ws is the object that the page gave",
    on,
    page: connected4(form4),
    script: "htmx.config.ws = window.mine = { reconnectDelay: 100 }",
    steps: async (stage) => {
      await stage.show("htmx.config.ws === mine")
      await stage.show("mine")
    },
  },
  {
    title: "The members of a connection",
    on,
    page: connected4(form4),
    script: listen(
      "after:connection",
      `show(["timer", "receiving", "sending", "visibilityHandler", "queue", "abortController", "attempt", "cancelled", "url"]
        .map((name) => name in connection))`,
    ),
  },
]
