import { hang, refuse } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
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

const hide = `
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true })
  Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true })
  document.dispatchEvent(new Event("visibilitychange"))`

/** What listeners write into the connection and its config. */
export const live4: ReadonlyArray<Case> = [
  inClose("connection.config.reconnect = false", 1012),
  inClose("connection.config.reconnectCodes = [4000]", 1012),
  inClose("connection.config.reconnectCodes = [4000]", 4000),
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
  {
    title: "The owner's hx-config is changed later",
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
    server: () => refuse(503),
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
