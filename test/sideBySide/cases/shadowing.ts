import type { Case } from "../Case.ts"
import { connected } from "./page2.ts"
import { connected4 } from "./page4.ts"

/** Members of nodes that htmx does not read where it swaps. */
const unread = [
  "ownerDocument",
  "isConnected",
  "firstElementChild",
  "nextElementSibling",
  "localName",
  "outerHTML",
]
const members = [...unread, "parentNode", "cloneNode"]

const formsOf = (names: ReadonlyArray<string>, attribute: string, text: string): ReadonlyArray<string> =>
  names.map(
    (name) =>
      `<form id="f-${name}" ${attribute}><input name="${name}" value="1"><button>${text}</button></form>`,
  )

/** Cases about fields that stand before members of their form. */
export const shadowing: ReadonlyArray<Case> = [
  {
    title: "Forms with fields that are named like members of a form send, and are replaced",
    on: ["1.9", "2"],
    page: connected(formsOf(members, "ws-send", "Say").join("")),
    steps: async (stage) => {
      for (const name of members) await stage.click(`#f-${name} button`)
      for (const frame of formsOf(unread, "ws-send", "Say again")) await stage.send(frame)
      for (const name of unread) await stage.click(`#f-${name} button`)
    },
  },
  {
    title: "Forms with fields that are named like members of a form send (htmx 4)",
    on: ["4"],
    page: connected4(formsOf(members, "hx-ws:send", "Say").join("")),
    steps: async (stage) => {
      for (const name of members) await stage.click(`#f-${name} button`)
    },
  },
  {
    title: "A form that connects has fields that are named like members of it",
    on: ["1.9.0"],
    page: `<form id="f" ws-connect="/ws">${members.map((name) => `<input name="${name}">`).join("")}<p id="out"></p></form>`,
    steps: (stage) => stage.send(`<p id="out">new</p>`),
  },
  {
    title: "A form that connects has fields that are named like members of it (htmx 4)",
    on: ["4"],
    page: `<form id="f" hx-ws:connect="/ws">${members.map((name) => `<input name="${name}">`).join("")}<button type="button" hx-ws:send>Say</button></form>`,
    steps: (stage) => stage.click("button"),
  },
]
