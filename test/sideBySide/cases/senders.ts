import { hang } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { connected, form, keepWrapper } from "./page2.ts"

const on = ["1.9", "2"] as const

/** Cases about messages of all kinds of senders, also removed ones. */
export const senders: ReadonlyArray<Case> = [
  {
    title: "A program sends without a sender: null, false, an empty string, 0, a selector that found nothing",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: keepWrapper,
    steps: (stage) =>
      stage.run(`
        for (const nobody of [null, false, "", 0, document.querySelector("#nothing"), undefined]) {
          w.send("for " + nobody, nobody)
        }
        w.send("last")`),
  },
  {
    title: "A program pushes messages without a sender into the queue while the connection is down",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: keepWrapper,
    steps: async (stage) => {
      await stage.close(1012)
      await stage.run(`
        w.queue.push({ message: "for null", sendElt: null }, { message: "for false", sendElt: false })
        w.send("for 0", 0)
        w.send("last")`)
      await stage.pass(1_000)
    },
  },
  {
    title: "A delete button removes its row before the socket opens",
    on,
    page: connected(`
      <ul><li id="row"><button id="delete" ws-send hx-vals='{"delete": 1}'>Delete</button></li></ul>`),
    server: hang,
    steps: async (stage) => {
      await stage.click("#delete")
      await stage.run(`document.querySelector("#row").remove()`)
      await stage.visit.accept()
    },
    deviates: [
      {
        name: "events of a sender that is gone",
        wants: "its events then go to the connect element.",
        lines: `
          - htmx:wsBeforeSend on #delete (detached) …
          + htmx:wsBeforeSend on #c …
          - htmx:wsAfterSend on #delete (detached) …
          + htmx:wsAfterSend on #c …`,
      },
    ],
  },
  {
    title: "A form is replaced by a response before the socket opens",
    on,
    page: connected(
      `<div id="box">${form}</div><button id="other" hx-get="/other" hx-target="#box">Other</button>`,
    ),
    answers: { "/other": `<p id="new">new</p>` },
    server: hang,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.click("#other")
      await stage.until(`document.querySelector("#new")`)
      await stage.visit.accept()
    },
    deviates: [
      {
        name: "events of a sender that is gone",
        wants: "its events then go to the connect element.",
        lines: `
          - htmx:wsBeforeSend on #f (detached) …
          + htmx:wsBeforeSend on #c …
          - htmx:wsAfterSend on #f (detached) …
          + htmx:wsAfterSend on #c …`,
      },
    ],
  },
  {
    title: "A sender removes itself after the first of its three queued messages",
    on: ["1.9.12", "2"],
    page: connected(`<button id="say" ws-send hx-on::ws-after-send="this.remove()">Say</button>`),
    server: hang,
    steps: async (stage) => {
      for (let i = 0; i < 3; i++) await stage.click("#say")
      await stage.visit.accept()
    },
    deviates: [
      {
        name: "events of a sender that is gone",
        wants: "its events then go to the connect element.",
        lines: `
          - htmx:wsBeforeSend on #say (detached) …
          + htmx:wsBeforeSend on #c …
          - htmx:wsAfterSend on #say (detached) …
          - htmx:wsBeforeSend on #say (detached) …
          + htmx:wsAfterSend on #c …
          + htmx:wsBeforeSend on #c …
          - htmx:wsAfterSend on #say (detached) …
          + htmx:wsAfterSend on #c …`,
      },
    ],
  },
  {
    title: "A field that waits for its delay is replaced by a frame meanwhile",
    on: ["1.9.12", "2"],
    page: connected(
      `<div id="box"><input id="q" name="q" ws-send hx-trigger="input changed delay:300ms"></div>`,
    ),
    steps: async (stage) => {
      await stage.type("#q", "abc")
      await stage.pass(100)
      await stage.send(`<div id="box"><p>other</p></div>`)
      await stage.pass(300)
    },
    deviates: [
      {
        name: "events of a sender that is gone",
        wants: "its events then go to the connect element.",
        lines: `
          - htmx:wsConfigSend on #q (detached) …
          - htmx:wsBeforeSend on #q (detached) …
          + htmx:wsConfigSend on #c …
          + htmx:wsBeforeSend on #c …
          - htmx:wsAfterSend on #q (detached) …
          + htmx:wsAfterSend on #c …`,
      },
    ],
  },
  {
    title: "A modal library moves the form to the end of the body",
    on,
    page: `${connected(form)}<div id="end"></div>`,
    steps: async (stage) => {
      await stage.run(`document.body.append(document.querySelector("#f"))`)
      await stage.click("#say")
    },
  },
  {
    title: "hx-ext is removed after the page was processed",
    on,
    page: connected(form),
    steps: async (stage) => {
      await stage.run(`document.body.removeAttribute("hx-ext")`)
      await stage.click("#say")
    },
  },
  {
    title: "A hello of a wsOpen listener precedes queued messages",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: `document.addEventListener("htmx:wsOpen", ({ detail }) => detail.socketWrapper.send("hello, server"))`,
    server: hang,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.visit.accept()
    },
  },
  {
    title: "A program sends URLSearchParams, a number, a String",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: keepWrapper,
    steps: (stage) =>
      stage.run(
        `for (const message of [new URLSearchParams({ a: 1 }), 5, new String("text"), true]) w.send(message)`,
      ),
  },
  {
    title: "Functions, symbols and undefined among the parameters are left out",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsConfigSend", ({ detail }) => {
      detail.parameters = { word: "hello", act() {}, sign: Symbol("sign"), nothing: undefined, list: [1, () => {}], at: new Date(0) }
    })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A page replaces socketWrapper.send for its own programs",
    on: ["1.9.12", "2"],
    page: connected(form),
    script: `document.addEventListener("htmx:wsOpen", ({ detail: { socketWrapper } }) => {
      window.w = socketWrapper
      const { send } = socketWrapper
      socketWrapper.send = (message, from) => send("patched " + message, from)
    })`,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run(`w.send("mine")`)
    },
  },
  {
    title: "A wsConfigSend listener replaces detail.errors, which has no effect",
    on,
    page: connected(
      `<form id="f" ws-send novalidate><input name="word" required> <button id="say">Say</button></form>`,
    ),
    script: `document.addEventListener("htmx:wsConfigSend", ({ detail }) => { detail.errors = [] })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A wsConfigSend listener adds to detail.errors",
    on,
    page: connected(form),
    script: `document.addEventListener("htmx:wsConfigSend", ({ detail }) => { detail.errors.push({ message: "mine" }) })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A sender inside htmx's own hx-ws sends through that connection",
    on: ["1.9.12"],
    page: `<div id="c" hx-ws="connect:/ws">${form}</div>`,
    steps: (stage) => stage.click("#say"),
    deviates: [
      {
        name: "a connection of ours beside htmx's own",
        wants: "On htmx 1, core has its own `hx-ws`: loading us leaves it alone.",
        lines: `
          - dial ws://HOST/ws
          - dial ws://HOST/ws
          - htmx:wsConnecting on #c …
          - htmx:wsConnecting on #c …
          - console error: what happened
          - htmx:error on #c …
          - htmx:wsError on #c …
          - htmx:wsClose on #c …
          - htmx:wsOpen on #c …
          - server: /ws
          - server: /ws
          - server saw the end: …`,
      },
    ],
  },
  {
    title: "hx-disinherit keeps hx-params from a sender",
    on,
    page: `<div id="c" ws-connect="/ws" hx-params="none" hx-disinherit="hx-params">${form}</div>`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "hx-params lets some values through",
    on: ["1.9"],
    page: connected(`
      <form id="f" ws-send hx-params="word, missing">
        <input name="word" value="hello"> <input name="other" value="1"> <button id="say">Say</button>
      </form>`),
    steps: (stage) => stage.click("#say"),
  },
  {
    title:
      "A wsConfigSend listener reads the trigger from the triggering event, and changes the values in place",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    script: `document.addEventListener("htmx:wsConfigSend", ({ detail }) => {
      detail.headers["X-Trigger"] = detail.triggeringEvent["htmx-internal-data"].triggerSpec.trigger
      delete detail.headers["HX-Request"]
      detail.parameters.more = [1, { a: 2 }]
      detail.unfilteredParameters.also = 1
    })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A wsConfigSend listener cancels, and sends a computed message later",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    script: `document.addEventListener("htmx:wsConfigSend", async (event) => {
      event.preventDefault()
      await undefined
      event.detail.socketWrapper.sendImmediately(JSON.stringify({ secret: event.detail.parameters.word }))
    })`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A wsConfigSend listener replaces parameters by all kinds of things",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    script: `
      const things = [null, new FormData(), [1, 2], "text", undefined, new Map([[1, 2]])]
      document.addEventListener("htmx:wsConfigSend", ({ detail }) => { detail.parameters = things.shift() })`,
    steps: async (stage) => {
      for (let i = 0; i < 6; i++) await stage.click("#say")
    },
  },
  {
    title: "A form is reset when it has sent",
    on: ["1.9.12", "2.0.11"],
    page: connected(form.replace("ws-send", `ws-send hx-on::ws-after-send="this.reset()"`)),
    steps: async (stage) => {
      await stage.type("[name=word]", "one")
      await stage.click("#say")
      await stage.type("[name=word]", "two")
      await stage.run(`document.querySelector("#f").requestSubmit()`)
      await stage.run(`htmx.trigger("#f", "submit")`)
    },
  },
  {
    title: "A click goes to one sender in another",
    on: ["1.9.12", "2.0.11"],
    page: connected(
      `<b id="a" ws-send hx-vals='{"a": 1}'>a <i id="b" ws-send hx-trigger="click consume" hx-vals='{"b": 1}'>b</i></b>`,
    ),
    steps: async (stage) => {
      await stage.click("#b")
      await stage.click("#a")
    },
  },
  {
    title: "A wsBeforeSend listener sends another message",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    script: `document.addEventListener("htmx:wsBeforeSend", ({ detail }) => detail.socketWrapper.send("another"))`,
    steps: (stage) => stage.click("#say"),
    deviates: [
      {
        name: "the order of acceptance",
        wants: "Messages go out in the order in which they were accepted.",
        lines: `
          - write "another"
          + write "another"
          - server got another
          + server got another`,
      },
    ],
  },
  {
    title: "A counter reads how many messages are queued",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    server: hang,
    script: `for (const type of ["wsConfigSend", "wsAfterSend"])
      document.addEventListener("htmx:" + type, ({ detail }) => show([type, detail.socketWrapper.queue.length]))`,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.click("#say")
      await stage.visit.accept()
    },
    deviates: [
      {
        name: "a sent message is no longer in the queue",
        wants: "where that is a bug, do what its users would expect.",
        lines: `
          - note ["wsAfterSend", 2]
          + note ["wsAfterSend", 1]
          - note ["wsAfterSend", 1]
          + note ["wsAfterSend", 0]`,
      },
    ],
  },
]
