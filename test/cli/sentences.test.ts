/** All sentences of the rules, to be read as one text: what they say of the bad pages of the examples. */
import { expect, test } from "vitest"
import { examples } from "../../src/cli/examples.ts"
import { lint } from "../../src/cli/lint.ts"
import type { Frame } from "../../src/companions/inspector/frame.ts"
import { checkFrame } from "../../src/companions/inspector/rules/frames.ts"

test("of pages", () => {
  const said = examples
    .filter(({ bad }) => bad.frame === undefined)
    .flatMap(({ bad, on }) => lint([{ path: "bad.html", text: bad.page }], on.at(-1)).found)
    .map(({ fix, sentence }) => `${sentence}. ${fix}`)
  expect(said).toEqual([
    `<form id="say"> sends to no connection: none of the elements around it has ws-connect. Move it into <ul id="log">, or put ws-connect on an element around both.`,
    `hx-ext="ws" is one too many: <body> around it has it, and other scripts handle each event twice. Remove it.`,
    `hx-ext="ws" is ignored: <main ws-connect="/chat"> has hx-ext already, and HTML keeps the first. Write hx-ext="sse, ws" once.`,
    `<main ws-connect="/chat"> does nothing: the extension is not on there. Put hx-ext="ws" on it or around it, once on a tag: of two attributes with one name HTML keeps the first.`,
    `hx-on::wsOpen hears nothing: names of attributes have no capitals in HTML. Write hx-on::ws-open.`,
    `The field HEADERS of <form id="say"> never arrives: the headers of a message have that name. Give the field another name.`,
    `hx-trigger="revealed" of <main id="room"> does nothing: on htmx 1.9 and 2 it connects at once. Remove hx-trigger. To connect later, have htmx insert the element later.`,
    `hx-trigger="unread from:closest main" hears nothing on htmx 4, which takes one word after from: without quotes. Write hx-trigger="unread from:'closest main'".`,
    `wsReconnectDelay does nothing on htmx 4. Set htmx.config.ws = { reconnectDelay: "1s" } instead, or "ws": {"reconnectDelay": "1s"} in <meta name="htmx-config">.`,
    `ws-config of <main hx-ws:connect="/chat"> does nothing on htmx 4. Write hx-config="ws.heartbeat:25s, ws.queueTtl:1m".`,
    `hx-on::ws-open waits for an event of htmx 2. Write hx-on::ws:after:connection.`,
    `hx-trigger="htmx:wsClose from:body" waits for an event of htmx 2. Write hx-trigger="htmx:ws:close from:body".`,
    `hx-ws:connect of <main hx-ws:connect="/chat"> does nothing: it is an attribute of htmx 4. Write ws-connect, or load htmx 4 with hx-ws.js.`,
  ])
})

test("of frames", () => {
  const frame: Frame = { kind: "HTML", keys: [], length: 0, text: "", places: [], loose: "", ignoredIds: [] }
  const place = { style: "outerHTML", isFound: false, nearest: undefined }
  const frames: ReadonlyArray<Partial<Frame>> = [
    { places: [{ ...place, selector: "#chatroom", nearest: "chat-room" }] },
    { places: [{ ...place, selector: "#news" }] },
    { places: [{ ...place, selector: undefined }], text: "<li>Hello</li>" },
    { kind: "text", loose: "Hello" },
    { kind: "JSON", keys: ["content"] },
    { places: [{ ...place, selector: "the element", isFound: true }], ignoredIds: ["count"] },
  ]
  const said = frames
    .flatMap((one) => checkFrame({ ...frame, ...one }, true))
    .map(({ fix, sentence }) => `${sentence}. ${fix}`)
  expect(said).toEqual([
    `A frame is for #chatroom, which is not on the page. Is it #chat-room? Write the same id in the frame and on the page.`,
    `A frame is for #news, which is not on the page. Put an element with id="news" on the page, or correct the frame.`,
    `An element of a frame has no id, and is swapped nowhere: <li>Hello</li>. Give it the id of the element that it replaces, or hx-swap-oob="beforeend:#…".`,
    `Text of a frame is in no element, and is swapped nowhere: Hello. Put it into an element with the id of one on the page: <div id="…">…</div>.`,
    `A frame is JSON with content, as of htmx 4: here a frame is HTML, and nothing is swapped. Send the HTML itself, or write hx-ws:connect on htmx 4.`,
    `A frame of htmx 2 came to hx-ws:connect: #count is on the page, but the frame goes into the element. Add hx-swap-oob="true" to the elements of the frame, or write ws-connect, which swaps by id.`,
  ])
})
