import type { Case, Deviation } from "../Case.ts"

const chat = (form: string): string => `<div id="c" ws-connect="/ws">${form}</div>`
const on = ["1.9", "2"] as const

/** The official script of 1.9.0 answers no trigger from another element. */
const answered = (sender: string, checked = ""): Deviation => ({
  name: "senders that listen to another element on 1.9.0",
  wants: "triggered by `hx-trigger` or the element's natural event",
  on: ["1.9.0"],
  lines: `${checked}
    + htmx:wsConfigSend on #${sender} …
    + htmx:wsBeforeSend on #${sender} …
    + write …
    + htmx:wsAfterSend on #${sender} …
    + server got …`,
})

const submitFrom = (where: string): Case => ({
  title: `A submit that is listened for from:${where} sends, and the page stays`,
  on,
  page: chat(`
    <form id="f" ws-send hx-trigger="submit from:${where}">
      <input name="word" value="hello"> <button id="say">Say</button>
    </form>`),
  steps: (stage) => stage.click("#say"),
  deviates: [answered("f", "    + htmx:validation:validate on input")],
})

/** What sends does nothing else: no submit leaves the page, and no click. */
export const navigation: ReadonlyArray<Case> = [
  ...["body", "document", "window", "closest div"].map(submitFrom),
  {
    title: "A click from:body on a submit button sends, and the page stays",
    on,
    page: chat(`
        <form action="/elsewhere">
          <input name="word" value="hello">
          <button id="say" ws-send hx-trigger="click from:body">Say</button>
        </form>`),
    steps: (stage) => stage.click("#say"),
    deviates: [answered("say")],
  },
  {
    title: "A click from:closest p on a link sends, and the page stays",
    on,
    page: chat(`<p><a id="say" href="/elsewhere" ws-send hx-trigger="click from:closest p">Say</a></p>`),
    steps: (stage) => stage.click("#say"),
    deviates: [answered("say")],
  },
  {
    title: "A form that sends stays",
    on,
    page: chat(`<form id="f" ws-send><input name="word" value="hello"> <button id="say">Say</button></form>`),
    steps: (stage) => stage.click("#say"),
  },
]
