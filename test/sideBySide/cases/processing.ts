import type { Case } from "../Case.ts"
import { connected, form } from "./page2.ts"

const on = ["1.9", "2"] as const

/** Removes the extension from the page before htmx processes it. */
const without = `<script>document.body.removeAttribute("hx-ext")</script>`

const enabledLater = (
  where: string,
  page: string,
  attributes: Readonly<Record<string, string>> = {},
): Case => ({
  title: `A program turns the extension on for ${where}, which htmx has processed before`,
  on,
  page: without + page,
  steps: async (stage) => {
    await stage.run(`
      const element = document.querySelector("${where}")
      for (const [name, value] of Object.entries(${JSON.stringify({ "hx-ext": "ws", ...attributes })}))
        element.setAttribute(name, value)
      htmx.process(element)`)
    await stage.click("#say")
  },
})

/** Cases about when elements are processed: before their extension, after their connection, or again. */
export const processing: ReadonlyArray<Case> = [
  enabledLater("body", connected(form)),
  enabledLater("#around", `<div id="around">${connected(form)}</div>`),
  enabledLater("#c", connected(form)),
  enabledLater("#c", `<div id="c">${form}</div>`, { "data-ws-connect": "/ws" }),
  {
    title: "A program makes a button a sender",
    on,
    page: connected(`<button id="say" type="button" name="word" value="hello">Say</button>`),
    steps: async (stage) => {
      await stage.run(`
        const button = document.querySelector("#say")
        button.setAttribute("ws-send", "")
        htmx.process(button)`)
      await stage.click("#say")
    },
  },
  {
    title: "A program adds a connection with a sender",
    on,
    page: `<div id="box"></div>`,
    steps: async (stage) => {
      await stage.run(`
        const box = document.querySelector("#box")
        box.innerHTML = \`${connected(form)}\`
        htmx.process(box)`)
      await stage.click("#say")
    },
  },
  {
    title: "The body connects",
    on,
    page: `<script>document.body.setAttribute("ws-connect", "/ws")</script>${form}<p id="out">old</p>`,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.send(`<p id="out">new</p>`)
    },
  },
  {
    title: "A listener submits a form while its connection is dialled, before htmx has processed it",
    on,
    page: connected(form),
    first: `document.addEventListener("htmx:wsConnecting", () => document.querySelector("#f").requestSubmit())`,
  },
  {
    title: "One connection is in another",
    on,
    page: `
      <div id="outer" ws-connect="/outer">
        <form id="f" ws-send><input name="to" value="outer"> <button id="one">One</button></form>
        <div id="inner" ws-connect="/inner">
          <form id="g" ws-send><input name="to" value="inner"> <button id="two">Two</button></form>
        </div>
      </div>`,
    steps: async (stage) => {
      await stage.click("#one")
      await stage.click("#two")
    },
  },
  {
    title: "A sender is in a shadow root",
    on: ["1.9.12", "2"],
    page: connected(`<div id="host"></div>`),
    steps: async (stage) => {
      await stage.run(`
        window.root = document.querySelector("#host").attachShadow({ mode: "open" })
        root.innerHTML = \`${form}\`
        htmx.process(root.firstElementChild)`)
      await stage.run(`root.querySelector("#say").click()`)
    },
  },
  {
    title: "The extension is removed from htmx: existing connections go on",
    on: ["1.9.12", "2"],
    page: connected(`${form}<p id="out">old</p>`),
    steps: async (stage) => {
      await stage.run(`htmx.removeExtension("ws")`)
      await stage.click("#say")
      await stage.send(`<p id="out">new</p>`)
      await stage.close(1012)
      await stage.pass(1_000)
    },
  },
]
