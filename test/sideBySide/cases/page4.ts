import type { Deviation } from "../Case.ts"

/** The connect element of the pages for htmx 4, with an element to swap into. */
export const connected4 = (body = "", attributes = ""): string =>
  `<div id="c" hx-ws:connect="/ws" ${attributes}>${body}<p id="out">old</p></div>`

/** A form that sends hello. */
export const form4 = `<form id="f" hx-ws:send><input name="word" value="hello"> <button id="say">Say</button></form>`

/** Returns a frame that puts a text into `#out`. */
export const into = (text: string, swap = "innerHTML"): string =>
  JSON.stringify({ content: text, target: "#out", swap })

/** Returns a script that adds a listener. */
export const listen = (event: string, body: string): string =>
  `document.addEventListener("htmx:ws:${event}", (event) => { const { connection, message } = event.detail; ${body} })`

/** The official script calls listeners when it schedules a retry. */
export const askedLater: Deviation = {
  name: "listeners are called at the time of the dial, not when a retry is scheduled",
  wants: "`before:connection` runs immediately before every dial, on every path",
  lines: "- htmx:ws:before:connection on #c …",
}
