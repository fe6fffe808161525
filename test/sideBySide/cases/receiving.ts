import { accept } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import type { Stage } from "../Stage.ts"
import { connected, form } from "./page2.ts"

const on = ["1.9", "2"] as const

const settings = (config: object): string => `<meta name="htmx-config" content='${JSON.stringify(config)}'>`

const note = `<script>window.runs = (window.runs ?? 0) + 1</script>`

const sending = (trigger: string, replies: number): string =>
  `<input id="q" name="q" ws-send hx-trigger="${trigger}" value="hello ${replies}">`

/** Waits until the page has been painted: browsers fire selection events just before that. */
const paint = async (stage: Stage): Promise<void> => {
  await stage.run(`
    window.painted = false
    document.body.animate([], 50).finished.then(() => { window.painted = true })`)
  await stage.until("window.painted")
}

/** Cases about received frames. */
export const receiving: ReadonlyArray<Case> = [
  {
    title: "A frame replaces an element by its id",
    on,
    page: connected(`<p id="out">old</p>`),
    steps: (stage) => stage.send(`<p id="out">new</p>`, `<p id="out" hx-swap-oob="beforeend">er</p>`),
  },
  {
    title: "transformResponse decodes frames that are bytes",
    on,
    page: connected(`<p id="out">old</p>`),
    script: `
      document.documentElement.setAttribute("hx-ext", "unpack")
      htmx.config.wsBinaryType = "arraybuffer"
      htmx.defineExtension("unpack", {
        transformResponse: (data) => typeof data === "string" ? data : new TextDecoder().decode(data),
      })`,
    steps: (stage) => stage.send(Buffer.from(`<p id="out">new</p>`)),
  },
  {
    title: "transformResponse decodes objects that an adapter delivers",
    on,
    page: connected(`<p id="out">old</p>`),
    script: `
      document.documentElement.setAttribute("hx-ext", "unpack")
      htmx.createWebSocket = () => Object.assign(new EventTarget(), { send() {}, close() {}, readyState: 1, OPEN: 1 })
      htmx.defineExtension("unpack", { transformResponse: (data) => data.html ?? data })`,
    steps: async (stage) => {
      await stage.run(`
        const { socket } = document.querySelector("#c")["htmx-internal-data"].webSocket
        socket.dispatchEvent(new MessageEvent("message", { data: { html: '<p id="out">new</p>' } }))`)
    },
    deviates: [
      {
        name: "a socket that is already open when it is returned",
        wants: "A socket returned already OPEN: `wsOpen` right after `wsConnecting`",
        lines: "+ htmx:wsOpen on #c {event: Event(open), socketWrapper: wrapper}",
      },
    ],
  },
  {
    title: "transformResponse gives a String object",
    on: ["1.9.12", "2"],
    page: connected(`<p id="out">old</p>`),
    script: `
      document.documentElement.setAttribute("hx-ext", "wrap")
      htmx.defineExtension("wrap", { transformResponse: (text) => new String(text) })`,
    steps: async (stage) => {
      await stage.send(`<p id="out">new</p>`)
      await stage.show(`document.querySelector("#out").textContent`)
    },
  },
  {
    title: "Scripts inside a template obey allowScriptTags",
    on: ["1.9.12", "2"],
    head: settings({ allowScriptTags: false }),
    page: connected(`<p id="out">old</p>`),
    steps: async (stage) => {
      await stage.send(`<template><p id="out">new${note}</p></template>`)
      await stage.show("window.runs")
    },
    deviates: [
      {
        name: "what is in a template is swapped",
        wants:
          "rows may be wrapped in `<template>` (scripts inside obey `allowScriptTags` and `inlineScriptNonce`, and run once).",
        lines: `
          + htmx:oobBeforeSwap on #out …
          + htmx:beforeCleanupElement on #out
          + htmx:oobAfterSwap on #c …
          + htmx:oobAfterSwap on #out …
          + htmx:load on #out
          - | …<p id="out">old</p>…
          + | …<p id="out">new…`,
      },
      {
        name: "a template is no error",
        wants: "rows may be wrapped in `<template>`",
        on: ["2.0.11"],
        lines: `
          - console error: what happened
          - htmx:error on body …
          - htmx:oobErrorNoTarget on body …`,
      },
    ],
  },
  {
    title: "Scripts inside a template run once, with the nonce of the page",
    on: ["1.9.12", "2"],
    head: settings({ inlineScriptNonce: "secret" }),
    page: connected(`<p id="out">old</p>`),
    steps: async (stage) => {
      await stage.send(`<template><p id="out">new${note}</p></template>`)
      await stage.show("window.runs")
      await stage.show(`document.querySelector("#out script")?.nonce`)
    },
    deviates: [
      {
        name: "what is in a template is swapped",
        wants:
          "rows may be wrapped in `<template>` (scripts inside obey `allowScriptTags` and `inlineScriptNonce`, and run once).",
        lines: `
          + htmx:oobBeforeSwap on #out …
          + htmx:beforeCleanupElement on #out
          + htmx:oobAfterSwap on #c …
          + htmx:oobAfterSwap on #out …
          + htmx:load on #out
          - note undefined
          - note undefined
          + note 1
          + note "secret"
          - | …<p id="out">old</p>…
          + | …<p id="out">new…`,
      },
      {
        name: "a template is no error",
        wants: "rows may be wrapped in `<template>`",
        on: ["2.0.11"],
        lines: `
          - console error: what happened
          - htmx:error on body …
          - htmx:oobErrorNoTarget on body …`,
      },
    ],
  },
  {
    title: "Scripts of a frame obey allowScriptTags",
    on,
    head: settings({ allowScriptTags: false }),
    page: connected(`<p id="out">old</p>`),
    steps: async (stage) => {
      await stage.send(`<p id="out">new${note}</p>`)
      await stage.show("window.runs")
    },
  },
  {
    title: "Scripts of a frame run once, with the nonce of the page",
    on,
    head: settings({ inlineScriptNonce: "secret" }),
    page: connected(`<p id="out">old</p>`),
    steps: async (stage) => {
      await stage.send(`<p id="out">new${note}</p>`)
      await stage.show("window.runs")
    },
  },
  {
    title: "A template with hx-swap-oob is an element like others",
    on: ["2"],
    page: connected(`<p id="a">a</p><p id="b">b</p>`),
    steps: (stage) => stage.send(`<template hx-swap-oob="delete:#a"></template>`),
  },
  {
    title: "A template with an id is an element like others",
    on: ["2"],
    page: connected(`<template id="row"><p>old</p></template>`),
    steps: (stage) => stage.send(`<template id="row"><p>new</p></template>`),
  },
  ...["focus", "select", "selectionchange"].map(
    (trigger): Case => ({
      title: `A field with hx-trigger=${trigger} is replaced by each reply`,
      on: ["1.9.12", "2"],
      page: connected(sending(trigger, 0)),
      server: () =>
        accept((visit) => {
          let replies = 0
          visit.onMessage(() => {
            if (replies < 5) visit.send(sending(trigger, ++replies))
          })
        }),
      steps: async (stage) => {
        await stage.run(`const q = document.querySelector("#q"); q.focus(); q.setSelectionRange(1, 3)`)
        await paint(stage)
        await paint(stage)
      },
      deviates: [
        {
          name: "the focus stays",
          wants: "A focused field that is replaced by one with the same id keeps focus and selection.",
          lines: `
            - focus is on body
            + focus is on #q`,
        },
      ],
    }),
  ),
  {
    title: "A frame of plain text swaps nothing",
    on,
    page: connected(`<p id="out">old</p>`),
    steps: (stage) => stage.send("hello", "", "{}"),
  },
  {
    title: "A page handles JSON frames itself",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<p id="out">old</p>`),
    script: `document.addEventListener("htmx:wsBeforeMessage", (event) => {
      try { show(JSON.parse(event.detail.message)); event.preventDefault() } catch {}
    })`,
    steps: (stage) => stage.send(`{"a": "<b>x</b>"}`, "[1]", "5", `<p id="out">new</p>`),
  },
  {
    title: "JSON that no listener handles swaps nothing",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<p id="out">old</p>`),
    steps: (stage) => stage.send(`{"a": 1}`, `{"a": "<p id=out>x"}`),
  },
  {
    title: "A frame has two elements",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<p id="one">1</p><p id="two">2</p>`),
    steps: (stage) => stage.send(`<p id="one">one</p><p id="two">two</p>`),
    deviates: [
      {
        name: "the first element gets no event of the second",
        wants: "where that is a bug, do what its users would expect.",
        lines: "- htmx:oobAfterSwap on #one {fragment: …, shouldSwap: true, target: <#two (detached)>}",
      },
    ],
  },
  {
    title: "An element of a frame has several targets, or swaps in it",
    on: ["1.9.12", "2.0.11"],
    page: connected(
      `<p class="x" id="one">1</p><p class="x" id="two">2</p><div id="box"><i id="in">in</i></div>`,
    ),
    steps: (stage) =>
      stage.send(
        `<b hx-swap-oob="innerHTML:.x">new</b>`,
        `<b hx-swap-oob="afterend:.x">after</b>`,
        `<b hx-swap-oob="none:.x">none</b>`,
        `<div id="box"><i id="in" hx-swap-oob="true">inner</i></div>`,
        `<b hx-swap-oob="delete:.x">gone</b>`,
      ),
  },
  {
    title: "A frame has a title, a comment, a style, a drawing, a script, or all of a document",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<p id="out">old</p><svg><g id="g"></g></svg><style id="style"></style>`),
    steps: (stage) =>
      stage.send(
        `<!-- comment --><title>new title</title><p id="out">one</p>`,
        `<svg><g id="g" hx-swap-oob="true"><circle/></g></svg>`,
        `<style id="style">p { color: red }</style>`,
        `<p id="out">two<script>show(document.querySelector("#out").firstChild.data)</script></p>`,
        `<html><head><title>t</title></head><body><p id="out">three</p></body></html>`,
      ),
  },
  {
    title: "A frame replaces what is in its connect element",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    steps: async (stage) => {
      await stage.send(`<div id="c" hx-swap-oob="innerHTML">${form.replace("hello", "bye")}</div>`)
      await stage.click("#say")
    },
  },
  {
    title: "Each reply replaces the form that sent the message",
    on: ["1.9.12", "2.0.11"],
    page: connected(form),
    server: () => accept((visit) => visit.onMessage(() => visit.send(form.replace("hello", "next")))),
    steps: async (stage) => {
      for (let i = 0; i < 3; i++) await stage.click("#say")
    },
  },
  {
    title: "A frame brings a field with autofocus",
    on: ["1.9.12", "2.0.11"],
    page: connected(`<div id="box"></div>`),
    steps: (stage) => stage.send(`<div id="box"><input id="q" autofocus></div>`),
  },
]
