import type { Case, Deviation } from "../Case.ts"
import { connected, form, keepWrapper } from "./page2.ts"

const on = ["1.9", "2"] as const

const ourGoodbye: Deviation = {
  name: "we close before the browser does",
  wants:
    'Back/forward cache: closed when the page leaves, after the page\'s own listeners (`pagehide`, `visibilitychange`, and `hx-trigger="pagehide from:window"`) have had their turn and sent what they send',
  lines: `
    - server saw the end: 1001
    + server saw the end: 1000 page navigating away`,
}

const mine = `htmx.createWebSocket = (url) => (window.mine = new WebSocket(url, []))`

/** Cases about pages, elements and sockets that leave. */
export const leaving: ReadonlyArray<Case> = [
  {
    title: "A page sends a last message by hx-trigger=pagehide from:window",
    on: ["1.9.12", "2"],
    page: connected(`<i id="bye" ws-send hx-trigger="pagehide from:window" hx-vals='{"bye": true}'></i>`),
    steps: (stage) => stage.leave(),
    deviates: [ourGoodbye],
  },
  {
    title: "A program sends a last message in pagehide",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: `${keepWrapper}; addEventListener("pagehide", () => w.send("bye"))`,
    steps: (stage) => stage.leave(),
    deviates: [ourGoodbye],
  },
  {
    title: "A program sends a last message in visibilitychange",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: `${keepWrapper}; document.addEventListener("visibilitychange", () => w.send("bye"))`,
    steps: (stage) => stage.leave(),
    deviates: [ourGoodbye],
  },
  {
    title: "A page closes a socket that it created: it stays closed",
    on,
    page: connected(form),
    script: mine,
    steps: async (stage) => {
      await stage.run("mine.close()")
      await stage.pass(10_000)
    },
  },
  {
    title: "A page closes the socket that an event has shown: it stays closed",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsOpen", ({ detail }) => { window.shown = detail.event.target })`,
    steps: async (stage) => {
      await stage.run("shown.close()")
      await stage.pass(10_000)
    },
  },
  {
    title: "A server closes without a code: the page reconnects",
    on,
    page: connected(form),
    steps: async (stage) => {
      await stage.close()
      await stage.pass(1_000)
    },
    deviates: [
      {
        name: "a close without a code is retried",
        wants: "a server's close without a code is retried.",
        lines: `
          + dial ws://HOST/ws
          + htmx:wsConnecting on #c {event: {type: "connecting"}}
          + htmx:wsOpen on #c {event: Event(open), socketWrapper: wrapper}
          + server: /ws`,
      },
    ],
  },
  {
    title: "A socket that reconnects by itself is closed when another takes its place",
    on,
    page: connected(form),
    script: `
      class Reconnecting extends EventTarget {
        constructor(url) { super(); this.url = url; this.OPEN = 1; this.dial() }
        dial() {
          this.socket = new WebSocket(this.url)
          for (const type of ["open", "message", "error"]) this.socket.addEventListener(type, (event) => this.emit(event))
          this.socket.addEventListener("close", (event) => {
            if (!this.ended) this.dial()
            this.emit(event)
          })
        }
        emit(event) {
          const copy = new event.constructor(event.type, event)
          this["on" + event.type]?.(copy)
          this.dispatchEvent(copy)
        }
        get readyState() { return this.socket.readyState }
        send(data) { this.socket.send(data) }
        close() { this.ended = true; this.socket.close() }
      }
      htmx.createWebSocket = (url) => new Reconnecting(url)`,
    steps: async (stage) => {
      await stage.close(1012)
      await stage.pass(1_000)
      await stage.click("#say")
    },
    deviates: [
      {
        name: "the socket that opens again beside the next one",
        wants: "There is never more than one timer and one socket.",
        lines: `
          - htmx:wsOpen on #c …
          - htmx:wsClose on #c …`,
      },
    ],
  },
  {
    title: "A connect element leaves the document for a while",
    on,
    page: connected(form),
    steps: async (stage) => {
      await stage.run(`window.c = document.querySelector("#c"); c.remove()`)
      await stage.pass(1_000)
      await stage.run("document.body.append(c)")
      await stage.click("#say")
    },
    deviates: [
      {
        name: "an element that leaves takes its socket with it, and gets another when it is back",
        wants:
          "An element that left and comes back, with what htmx knows of it intact (tabs and modals that detach), is connected again, by itself on htmx 1 and 2, by processing on 4.",
        lines: `
          + htmx:wsClose on #c (detached) …
          + dial ws://HOST/ws
          + htmx:wsConnecting on #c {event: {type: "connecting"}}
          + htmx:wsOpen on #c {event: Event(open), socketWrapper: wrapper}
          + server saw the end: …
          + server: /ws`,
      },
    ],
  },
  {
    title: "A listener of wsBeforeMessage removes the connect element",
    on,
    page: `<p id="out">old</p>${connected(form)}`,
    script: `document.addEventListener("htmx:wsBeforeMessage", ({ target }) => target.remove())`,
    steps: (stage) => stage.send(`<p id="out">new</p>`),
    deviates: [
      {
        name: "the connect element is gone, and its socket with it",
        wants:
          'then comes one `wsClose` (`ws:close` with `reason: "removed"`), ours, at once, whatever the socket emits later; after that it fires nothing.',
        lines: `
          - htmx:wsAfterMessage on #c (detached) …
          + htmx:wsClose on #c (detached) …
          + server saw the end: …`,
      },
    ],
  },
]
