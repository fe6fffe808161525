import { accept, refuse } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { askedLater, connected4, form4, into, listen } from "./page4.ts"

const on = ["4"] as const

/** Cases about messages on htmx 4. */
export const messages4: ReadonlyArray<Case> = [
  {
    title: "WebSocket is given protocols only if some are set",
    on,
    page: `<div hx-ws:connect="/ws"></div><div hx-ws:connect="/ws" hx-config='{"ws": {"protocols": ["chat"]}}'></div>`,
    first: `WebSocket = class extends WebSocket { constructor(...args) { super(...args); show(args) } }`,
    server: () => accept(() => {}, { protocol: "chat" }),
  },
  {
    title: "A form sends on htmx 4, and the page stays",
    on,
    page: connected4(form4),
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A listener submits a form while its connection is dialled, before htmx 4 has processed it",
    on,
    page: connected4(form4),
    first: listen("before:connection", `document.querySelector("#f").requestSubmit()`),
  },
  {
    title: "A submit with hx-trigger from:body sends on htmx 4, and the page stays",
    on,
    page: connected4(
      `<form id="f" hx-ws:send hx-trigger="submit from:body"><input name="word" value="hello"> <button id="say">Say</button></form>`,
    ),
    steps: (stage) => stage.click("#say"),
  },
  ...["delay:100ms from:body", "throttle:100ms from:body", "delay:100ms", "throttle:100ms"].map(
    (when): Case => ({
      title: `A submit with ${when} sends on htmx 4, and the page stays`,
      on,
      page: connected4(
        `<form id="f" hx-ws:send hx-trigger="submit ${when}"><input name="word" value="hello"> <button id="say">Say</button></form>`,
      ),
      steps: async (stage) => {
        for (let clicks = 0; clicks < 3; clicks++) await stage.click("#say")
        await stage.pass(500)
      },
      deviates: [
        {
          name: "a submit that htmx delays is prevented at once",
          wants: "Of defaults only a form's submit is prevented, wherever `hx-trigger` listens for it",
          on: when.includes("from") ? on : ["4.0.0"],
          lines: "- navigates to …\n".repeat(when.startsWith("delay") ? 3 : 2),
        },
      ],
    }),
  ),
  {
    title: "A submit that is filtered out for another form is not prevented",
    on,
    page: connected4(
      `<form id="f" hx-ws:send hx-trigger="submit[target.id === 'f'] delay:100ms from:body"></form><form id="g" action="/elsewhere"><button id="go">Go</button></form>`,
    ),
    steps: (stage) => stage.click("#go"),
  },
  {
    title: "A Cancel button in an invalid form sends",
    on,
    page: connected4(
      `<form><input name="word" required> <button id="cancel" type="button" hx-ws:send>Cancel</button></form>`,
    ),
    steps: (stage) => stage.click("#cancel"),
  },
  {
    title: "A field named headers",
    on,
    page: connected4(
      `<form id="f" hx-ws:send><input name="headers" value="mine"><input name="word" value="hello"> <button id="say">Say</button></form>`,
    ),
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A socket whose send throws",
    on,
    page: connected4(form4),
    script: listen("after:connection", `connection.socket.send = () => { throw new Error("no") }`),
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A refused handshake gives the socket's event",
    on,
    page: connected4(form4),
    server: () => refuse(503),
    script: listen("error", "show(event.detail.error.type)"),
    deviates: [askedLater],
  },
  {
    title: "hx-vals=js: reads a global named ctx",
    on,
    page: connected4(`<button id="say" hx-ws:send hx-vals="js:{ room: ctx.room }">Say</button>`),
    script: `window.ctx = { room: "mine" }`,
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A listener replaces message.text",
    on,
    page: connected4(),
    script: listen("before:message:incoming", `message.text = async () => "<b>other</b>"`),
    steps: (stage) => stage.send("<b>plain</b>"),
  },
  {
    title: "A listener replaces message.json",
    on,
    page: connected4(),
    script: listen(
      "before:message:incoming",
      `message.json = async () => ({ content: "<b>other</b>", target: "#out" })`,
    ),
    steps: (stage) => stage.send(into("plain")),
  },
  {
    title: "A payload is swapped, with one warning",
    on,
    page: connected4(),
    steps: (stage) =>
      stage.send(
        JSON.stringify({ payload: "<b>one</b>", target: "#out" }),
        JSON.stringify({ payload: "<b>two</b>", target: "#out" }),
      ),
  },
  ...[
    { content: null, payload: "x", target: "#out" },
    { content: "", target: "#out" },
    { data: 1 },
    [1, 2],
    5,
    "text",
    null,
  ].map(
    (message): Case => ({
      title: `A frame of ${JSON.stringify(message)}`,
      on,
      page: connected4(),
      steps: (stage) => stage.send(JSON.stringify(message)),
    }),
  ),
  {
    title: "A listener sets the headers of a message to null",
    on,
    page: connected4(form4),
    script: listen("before:message:outgoing", "message.headers = null"),
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A listener gives the data of a message",
    on,
    page: connected4(form4),
    script: listen("before:message:outgoing", `message.data = "mine"`),
    steps: (stage) => stage.click("#say"),
  },
  ...(["outgoing", "incoming"] as const).map(
    (way): Case => ({
      title: `A listener of before:message:${way} cancels, and its promise is rejected`,
      on,
      page: connected4(form4),
      script: listen(
        `before:message:${way}`,
        `event.preventDefault(); event.detail.waitUntil(Promise.reject(new Error("no")))`,
      ),
      steps: async (stage) => {
        await stage.click("#say")
        await stage.send(into("new"))
      },
    }),
  ),
  {
    title: "A listener removes the connect element on a frame that is swapped elsewhere",
    on,
    page: `<p id="far">old</p>${connected4()}`,
    script: listen("before:message:incoming", `document.querySelector("#c").remove()`),
    steps: (stage) => stage.send(JSON.stringify({ content: "new", target: "#far" })),
    deviates: [
      {
        name: "the connect element is gone, and its socket with it",
        wants:
          'then comes one `wsClose` (`ws:close` with `reason: "removed"`), ours, at once, whatever the socket emits later; after that it fires nothing.',
        lines: `
          - htmx:ws:after:message:incoming on document …
          + htmx:ws:close on #c (detached) …
          + server saw the end: …`,
      },
    ],
  },
  {
    title: "A sender in an element whose URL is still empty, in a connection",
    on,
    page: connected4(`<div id="inner" hx-ws:connect="" hx-on:click="">${form4}</div>`),
    steps: (stage) => stage.click("#say"),
  },
  {
    title: "A sender without a connection around it",
    on,
    page: `${connected4()}${form4}`,
    steps: (stage) => stage.click("#say"),
  },
]
