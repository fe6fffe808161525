import type { Case } from "../Case.ts"
import { form } from "./page2.ts"

const on = ["1.9", "2"] as const

/** Cases about the URL of a connection. */
export const urls: ReadonlyArray<Case> = [
  {
    title: "A path is resolved against the host of the page, even with a base of another host",
    on,
    head: `<base href="http://cdn.invalid/assets/">`,
    page: `<div id="c" ws-connect="/ws">${form}</div>`,
  },
  {
    title: "A path is resolved against the host of the page, even with a base of another host, on htmx 4",
    on: ["4"],
    head: `<base href="http://cdn.invalid/assets/">`,
    page: `<div id="c" hx-ws:connect="/ws"></div>`,
  },
  {
    title: "A path with a query and a room",
    on,
    page: `<div id="c" ws-connect="/ws/room?name=me&amp;x=%20">${form}</div>`,
  },
  {
    title: "A path with a placeholder reaches createWebSocket as it was written",
    on,
    page: `<div id="c" ws-connect="/rooms/{id}?name=é">${form}</div>`,
    script: `htmx.createWebSocket = (url) => { show(url); return new WebSocket(url.replace("{id}", "1")) }`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A path with a placeholder reaches listeners as it was written, on htmx 4",
    on: ["4"],
    page: `<div id="c" hx-ws:connect="/rooms/{id}?name=é"></div>`,
  },
  {
    title: "The older spelling hx-ws connects and sends",
    // On 1.9 htmx itself also connects.
    on: ["2"],
    page: `<div id="c" hx-ws="connect:/ws"><form id="f" hx-ws="send"><input name="word" value="hello"><button id="say">Say</button></form></div>`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "The data- spelling connects and sends",
    on,
    page: `<div id="c" data-ws-connect="/ws"><form id="f" data-ws-send><input name="word" value="hello"><button id="say">Say</button></form></div>`,
    steps: (stage) => stage.click("#say"),
  },
]
