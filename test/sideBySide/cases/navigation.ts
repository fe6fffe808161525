import type { Case, Deviation } from "../Case.ts"

const chat = (form: string): string => `<div id="c" ws-connect="/ws">${form}</div>`
const on = ["1.9", "2"] as const

/** The official script of 1.9.0 ignores triggers from another element. */
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
  title: `A submit with hx-trigger from:${where} sends, and the page stays`,
  on,
  page: chat(`
    <form id="f" ws-send hx-trigger="submit from:${where}">
      <input name="word" value="hello"> <button id="say">Say</button>
    </form>`),
  steps: (stage) => stage.click("#say"),
  deviates: [answered("f", "    + htmx:validation:validate on input")],
})

/** Cases in which a submit or click that sends must not navigate. */
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
  ...[
    ["a link in a sender", `<div ws-send><a id="say" href="/elsewhere">Say</a></div>`],
    [
      "a button in a sender",
      `<div ws-send><form action="/elsewhere"><button id="say">Say</button></form></div>`,
    ],
    ["a box in a sender", `<div ws-send><input id="say" type="checkbox"></div>`],
    ["a sender in a link", `<a href="/elsewhere"><b id="say" ws-send>Say</b></a>`],
    ["a sender in a button", `<form action="/elsewhere"><button><b id="say" ws-send>Say</b></button></form>`],
    ["a summary", `<details><summary id="say" ws-send>Say</summary>more</details>`],
    ["a link to a fragment", `<a id="say" href="#there" ws-send>Say</a><p id="there"></p>`],
    ["a link to nowhere", `<a id="say" href="#" ws-send>Say</a>`],
    [
      "a button that resets",
      `<form><input name="word" value="a"> <button id="say" type="reset" ws-send></button></form>`,
    ],
    [
      "a label of a box that sends",
      `<label id="say">Say <input type="checkbox" ws-send hx-trigger="click"></label>`,
    ],
  ].map(
    ([what, sender = ""]): Case => ({
      title: `A click on ${what} has the same default action as with the official script`,
      on: ["1.9.12", "2.0.11"],
      page: chat(sender),
      steps: async (stage) => {
        await stage.run(`document.querySelector("[name=word]")?.setRangeText("b")`)
        await stage.click("#say")
      },
    }),
  ),
  {
    title: "A submit in a sender that listens to it sends, and the page stays",
    on: ["1.9.12", "2.0.11"],
    page: chat(`
      <div id="d" ws-send hx-trigger="submit">
        <form action="/elsewhere"><input name="word" value="hello"> <button id="say">Say</button></form>
      </div>`),
    steps: (stage) => stage.click("#say"),
    deviates: [
      {
        name: "a submit that sends does not navigate",
        wants: "a submit never falls through to a native one",
        lines: "- navigates to http://HOST/elsewhere?word=hello",
      },
    ],
  },
]
