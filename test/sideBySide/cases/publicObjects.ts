import { refuse } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { connected, form, keepWrapper } from "./page2.ts"

const on = ["1.9", "2"] as const
const internal = `document.querySelector("#c")["htmx-internal-data"].webSocket`

/** Cases about `internalData.webSocket`, which public code reads and calls. */
export const publicObjects: ReadonlyArray<Case> = [
  {
    title: "Public code listens for messages by internalData.webSocket.addEventListener",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsOpen", ({ target }) => {
      const { webSocket } = target["htmx-internal-data"]
      webSocket.addEventListener("message", ({ data }) => show("heard " + data))
    })`,
    steps: (stage) => stage.send(`<p id="one">one</p>`, `<p id="two">two</p>`),
  },
  {
    title: "Public code listens by internalData.webSocket.addEventListener for one socket after the other",
    on,
    page: connected(form),
    steps: async (stage) => {
      await stage.run(`${internal}.addEventListener("message", ({ data }) => show("heard " + data))`)
      await stage.close(1012)
      await stage.pass(1_000)
      await stage.send(`<p id="one">one</p>`)
    },
  },
  {
    title: "internalData.webSocket has the members of the official one",
    on,
    page: connected(form),
    steps: async (stage) => {
      const kinds = `Object.fromEntries(["send", "sendImmediately", "close", "init", "addEventListener", "handleQueuedMessages",
        "messageQueue", "retryCount", "events", "socket", "publicInterface"].map((name) => [name, typeof ${internal}[name]]))`
      await stage.show(kinds)
      await stage.show(
        `[${internal}.messageQueue.length, ${internal}.retryCount, ${internal}.socket.readyState]`,
      )
      await stage.close(1012)
      await stage.show(`${internal}.socket.readyState`)
      await stage.click("#say")
      await stage.show(`[${internal}.messageQueue.length, ${internal}.retryCount]`)
    },
  },
  {
    title: "internalData.webSocket counts its retries",
    on,
    page: connected(form),
    server: () => refuse(503),
    steps: async (stage) => {
      await stage.show(`${internal}.retryCount`)
      await stage.pass(2_000)
      await stage.show(`${internal}.retryCount`)
    },
  },
  {
    title: "A guard cancels messages while the socket is closed",
    on,
    page: connected(form),
    script: `
      document.addEventListener("htmx:wsClose", () => show(${internal}.socket.readyState))
      document.addEventListener("htmx:wsConfigSend", (event) => {
        if (${internal}.socket.readyState !== WebSocket.OPEN) event.preventDefault()
      })`,
    steps: async (stage) => {
      await stage.close(1012)
      await stage.click("#say")
      await stage.pass(1_000)
    },
  },
  {
    title: "A page replaces internalData.webSocket.send: ws-send goes through it",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsOpen", () => {
      const { webSocket } = document.querySelector("#c")["htmx-internal-data"]
      const { send } = webSocket
      webSocket.send = function (message, from) { send.call(this, "patched " + message, from) }
    })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "Public code looks for its listeners in internalData.webSocket.events, and puts one there",
    on: ["1.9.12", "2"],
    page: connected(form),
    steps: async (stage) => {
      await stage.show(
        `[${internal}.events.hasOwnProperty("message"), "toString" in ${internal}.events, Object.keys(${internal}.events)]`,
      )
      await stage.run(`${internal}.events.message.push(({ data }) => show("heard " + data))`)
      await stage.close(1012)
      await stage.pass(1_000)
      await stage.send("hello")
    },
  },
  {
    title: "A listener of wsError counts the retries and the queued messages",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsError", ({ detail: { socketWrapper } }) => {
      const { messageQueue, publicInterface, retryCount, socket } = socketWrapper
      show([retryCount, messageQueue.length, publicInterface.queue.length, socket.readyState])
      show(["addEventListener", "close", "handleQueuedMessages", "init"].map((name) => typeof socketWrapper[name]))
    })`,
    server: () => refuse(503),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.pass(4_000)
    },
  },
  {
    title: "The logger of htmx gets an error of the socket",
    on,
    page: connected(form),
    script: `htmx.logger = (element, name, detail) => {
      if (name === "htmx:wsError") show([element.id, name, Object.keys(detail).sort()])
    }`,
    server: () => refuse(503),
  },
  {
    title: "A program closes by internalData.webSocket, and opens again",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    steps: async (stage) => {
      await stage.run(`${internal}.close()`)
      await stage.click("#say")
      await stage.pass(3_000)
      await stage.run(`${internal}.init()`)
    },
  },
  {
    title: "A program closes by internalData.webSocket while a retry is pending",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    steps: async (stage) => {
      await stage.close(1012)
      await stage.run(`${internal}.close()`)
      await stage.pass(1_000)
    },
    deviates: [
      {
        name: "a socket that was closed stays closed",
        wants: "where that is a bug, do what its users would expect.",
        lines: `
          - dial ws://HOST/ws
          - htmx:wsConnecting on #c …
          - htmx:wsOpen on #c …
          - server: /ws`,
      },
    ],
  },
  {
    title: "A program edits the queue",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    script: keepWrapper,
    steps: async (stage) => {
      await stage.close(1012)
      await stage.run(`
        for (const message of ["a", "b", "c"]) w.send(message)
        w.queue.shift()
        w.queue[0].message = "B"
        w.queue.push({ message: "d" })
        show([w.queue.length, w.queue.at(-1).message, w.queue instanceof Array, JSON.stringify(w.queue)])`)
      await stage.pass(1_000)
      await stage.show("w.queue.length")
    },
  },
  {
    title: "A page listens to the socket that wsOpen shows",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<p id="out">old</p>`),
    script: `document.addEventListener("htmx:wsOpen", ({ detail: { event: { target } } }) => {
      target.addEventListener("message", ({ data }) => show([data, document.querySelector("#out").textContent]))
      target.addEventListener("close", () => show("closed"))
      target.onmessage = () => show("message")
    })`,
    steps: async (stage) => {
      await stage.send(`<p id="out">new</p>`)
      await stage.close(1012)
    },
  },
  ...["preventDefault", "stopImmediatePropagation"].map(
    (what): Case => ({
      title: `A page calls ${what} on every event that decides nothing`,
      on: ["1.9.12", "2.0.11"],
      page: connected(`${form}<p id="out">old</p>`),
      script: `for (const type of ["Connecting", "Open", "Close", "Error", "AfterMessage", "AfterSend"])
        document.addEventListener("htmx:ws" + type, (event) => event.${what}(), true)`,
      steps: async (stage) => {
        await stage.click("#say")
        await stage.send(`<p id="out">new</p>`)
        await stage.drop()
        await stage.pass(1_000)
        await stage.click("#say")
      },
    }),
  ),
  {
    title: "Every listener throws",
    on: ["1.9.12", "2.0.11"],
    page: connected(`${form}<p id="out">old</p>`),
    script: `for (const type of ["Connecting", "Open", "Close", "ConfigSend", "BeforeSend", "AfterSend", "BeforeMessage", "AfterMessage"])
      document.addEventListener("htmx:ws" + type, () => { throw new Error(type) })`,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.send(`<p id="out">new</p>`)
      await stage.close(1012)
      await stage.pass(1_000)
    },
  },
]
