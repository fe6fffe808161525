/** What check-server says of servers, sentence by sentence. */
import { beforeAll, describe, expect, test } from "vitest"
import type { WebSocket } from "ws"
import { check } from "../../src/cli/server/check.ts"
import { answerTo, changes, idOf, type Wire } from "../../src/cli/server/frames.ts"
import golden from "../protocol/golden.json" with { type: "json" }
import { FaultyServer } from "./FaultyServer.ts"

describe("it reads frames as pages do", () => {
  test.for(golden.ids)("the id of $frame is $id", ({ frame, id }) => {
    expect(idOf(frame) ?? null).toBe(id)
  })

  test.for(golden.frames)("$wire: $title", ({ after, before, frame, wire }) => {
    expect(changes(frame, wire as Wire)).toBe(before !== after)
  })

  test.for(golden.answers)("a message is $state after $frame", ({ frame, state }) => {
    expect(answerTo(frame, "m1") ?? "sent").toBe(state)
  })
})

type Faults = Partial<FaultyServer>

/** What is said of a server that lacks something: of all that is not ok, or was skipped. */
const results = async (faults: Faults, isRestarted: boolean) => {
  const server = await FaultyServer.start(faults)
  const origin = server.url.replace("ws", "http").slice(0, -1)
  const found: Array<string> = []
  const all = check({
    url: server.url,
    headers: { Origin: origin },
    send: '{"text": "n{n}"}',
    wire: "html",
    param: "last-id",
    keep: 5,
    resync: "/feed",
    restart: isRestarted ? `node -e "fetch('${origin}/restart')"` : undefined,
    isPublic: false,
    wait: 800,
  })
  for await (const result of all)
    if (result.outcome !== "ok" && (isRestarted || result.outcome !== "skipped"))
      found.push(`§${result.section} ${readable(result.sentence ?? "")}`)
  server.close()
  return found
}

/** Without what is another in each run. */
const readable = (sentence: string): string =>
  sentence
    .replace(/check-\w+-\d+/g, "ID")
    .replace(/\bn?[a-z0-9]{6}-\d+\b/g, "TEXT")
    .replace(/\be(\d)-\d+/g, "e$1-N")

const send = (page: WebSocket, ...frames: ReadonlyArray<string>) => {
  for (const frame of frames) page.send(frame)
}

test("a good server has no faults, and nothing is skipped", async () => {
  expect(await results({}, true)).toEqual([])
})

test.for<readonly [title: string, faults: Faults, sentence: string]>([
  [
    "refuses the handshake",
    { allows: () => false },
    `URL answers the handshake with 401. If it needs a cookie or another header, give --header "Cookie: …"; if its pages have another address, --origin.`,
  ],
  [
    "closes at once",
    { join: (page) => page.close(4401, "log in") },
    "URL opens a WebSocket and closes it with 4401 log in.",
  ],
  [
    "chooses a subprotocol",
    { protocol: "chat" },
    `URL chooses the subprotocol "chat", and none was offered: pages close such a connection (section 1).`,
  ],
])("a server that %s cannot be checked", async ([, faults, sentence]) => {
  const said = await results(faults, false).catch(({ message }: Error) => message)
  expect(String(said).replace(/ws:\S+/, "URL")).toBe(sentence)
})

const faults: ReadonlyArray<readonly [title: string, faults: Faults, sentence: string]> = [
  [
    "lets pages of all sites in",
    { allows: () => true },
    `§1 Dialled with "Origin: https://elsewhere.example"; expected a refusal, such as 403; it was accepted. A page of any site can connect, with the cookies of who looks at it: compare Origin with the server's own, or give --public if that is meant`,
  ],
  [
    "pushes to nobody but the sender",
    {
      say(page, text) {
        page.send(`<p id="x">${text}</p>`)
      },
    },
    `§4 Sent {"text":"TEXT","HEADERS":{"HX-Request":"true","HX-Message-ID":"ID"}}; expected a frame for another page; only the page that sent it got {"HX-Ack":"ID"}`,
  ],
  [
    "pushes nothing",
    { say() {} },
    `§4 Sent {"text":"TEXT","HEADERS":{"HX-Request":"true","HX-Message-ID":"ID"}}; expected a frame for another page; only the page that sent it got {"HX-Ack":"ID"}`,
  ],
  [
    "closes on a message",
    { receive: (page) => page.close(1008, "no") },
    `§4 Sent {"text":"TEXT","HEADERS":{"HX-Request":"true","HX-Message-ID":"ID"}}; expected a frame for another page; the connection was closed with 1008 no`,
  ],
  [
    "pushes text",
    { frame: ({ text }) => text },
    `§2 Text of a frame is in no element, and is swapped nowhere: TEXT. Put it into an element with the id of one on the page: <div id="…">…</div>.`,
  ],
  [
    "pushes what has no place",
    { frame: ({ id, text }) => `<!--id:${id}--><li>${text}</li>` },
    `§2 An element of a frame has no id, and is swapped nowhere: <!--id:e1-N--><li>TEXT</li>. Give it the id of the element that it replaces, or hx-swap-oob="beforeend:#…".`,
  ],
  [
    "pushes JSON of htmx 4",
    { frame: ({ id, text }) => JSON.stringify({ content: text, id }) },
    `§2 A frame is JSON with content, as of htmx 4: here a frame is HTML, and nothing is swapped. Send the HTML itself, or write hx-ws:connect on htmx 4.`,
  ],
  [
    "pushes JSON",
    { frame: ({ text }) => JSON.stringify({ text }) },
    `§2 Sent {"text":"TEXT","HEADERS":{"HX-Request":"true","HX-Message-ID":"ID"}}; expected a frame that changes a page; got {"text":"TEXT"}`,
  ],
  [
    "falls over what it does not understand",
    {
      garbage() {
        this.say = () => {}
      },
    },
    `§4 Sent {oops [1] "text" null {}, which is no form's; expected the server to go on with other pages; it did not`,
  ],
  [
    "does not answer pings",
    { pinged() {} },
    `§6 Sent {"type":"ping"}; expected any frame, such as {"type":"pong"}; nothing came within 0.8 s. Pages with a heartbeat drop the connection, and dial again`,
  ],
  [
    "takes a ping for a message",
    {
      pinged(page) {
        this.say?.(page, "ping")
      },
    },
    `§6 Sent {"type":"ping"}; expected nothing for other pages; they got <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>ping</li></ol>`,
  ],
  [
    "refuses",
    { answer: (page, id) => page.send(`{"HX-Nack": "${id}", "reason": "not today"}`) },
    `§8 Sent what --send says; expected {"HX-Ack": "ID"} or <!--re:ID-->; it was refused: not today`,
  ],
  [
    "does a message twice",
    { knows: () => false },
    `§4 Sent a message, and again under the same HX-Message-ID by another connection, as a page does that did not hear of it; expected it to be done once; it was done twice`,
  ],
  [
    "answers once",
    { answer: (page, id, isAgain) => isAgain || page.send(`<!--re:${id}-->`) },
    `§4 Sent a message again under the same HX-Message-ID, by another connection; expected the answer of the first time; none came`,
  ],
  [
    "writes the id elsewhere",
    { frame: ({ id, text }) => `<p id="x">${text}</p><!--id:${id}-->` },
    `§7 Pages read no id in <p id="x">TEXT</p><!--id:e1-N-->: its id is in no comment like <!--id:7f-42--> at the very start`,
  ],
  [
    "writes ids that are none",
    { frame: ({ id, text }) => `<!--id:${id}!--><p id="x">${text}</p>` },
    `§7 Pages read no id in <!--id:e1-N!--><p id="x">TEXT</p>: its id is "e1-N!", expected 1 to 128 letters, digits and _ . : , ~ -`,
  ],
  [
    "has id as the first key",
    { frame: ({ id }) => `{"id": "${id}", "HX-Trigger": "unread"}` },
    `§2 Sent {"text":"TEXT","HEADERS":{"HX-Request":"true","HX-Message-ID":"ID"}}; expected a frame that changes a page; got {"id": "e1-N", "HX-Trigger": "unread"}`,
  ],
  [
    "gives an id twice",
    { frame: ({ text }) => `<!--id:e1-1--><p id="x">${text}</p>` },
    `§7 <!--id:e1-N--><p id="x">TEXT</p> has the id of a frame before it; expected another for each`,
  ],
  [
    "replays nothing",
    { missing: () => [] },
    `§7 Dialled with last-id=e1-N, an id before it; expected the 2 frames after it, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol> came, but not what was pushed before it: <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol>`,
  ],
  [
    "replays what it has, if it has not the id",
    {
      missing(lastId) {
        const { log = [] } = this
        const at = log.findIndex(({ id }) => id === lastId)
        return log.slice(at + 1).map((entry) => this.frame?.(entry) ?? "")
      },
    },
    `§7 Dialled with last-id=e1-N, an id that is older than what is kept; expected the 6 frames after it, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol> came, but not what was pushed before it: <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol>`,
  ],
  [
    "pushes to a page that resumes only from the frame after next",
    {
      join(page, lastId) {
        send(page, ...(this.missing?.(lastId) ?? []))
        if (lastId === null) this.pages?.add(page)
        else this.joining = [...(this.joining ?? []), page]
      },
    },
    `§7 Dialled with last-id=e1-N, the newest id; expected nothing, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol> did not come, which was pushed then`,
  ],
  [
    "has everything without the newest",
    {
      everything() {
        return `<!--id:${this.newest}--><ol id="log"></ol>`
      },
    },
    `§7 Dialled with last-id=e1-N, the id just before what is kept; expected the 5 frames after it, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; <!--id:e1-N--><ol id="log"></ol> came, without "TEXT", which was pushed before`,
  ],
  [
    "gives everything the id of an older frame",
    {
      everything() {
        return `<!--id:${this.log?.[0]?.id}--><ol id="log"></ol>`
      },
    },
    `§7 Dialled with last-id=e1-N, the id just before what is kept; expected the 5 frames after it, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol> came, but not what was pushed before it: <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol>`,
  ],
  [
    "has pages fetch, and says no id",
    { everything: () => `{"HX-Resync": true}` },
    `§7 Dialled with last-id=e1-N, the id just before what is kept; expected the 5 frames after it, or one frame with everything and the newest id, or {"HX-Resync": true} with that id; {"HX-Resync": true} has no id: the page does not know up to where to fetch`,
  ],
  [
    "has pages fetch what says no id",
    {
      everything() {
        return `{"HX-Resync": true, "id": "${this.newest}"}`
      },
      fetched: (_, response) => void response.end(),
    },
    `§7 Fetched /feed with HX-Resync; expected the header HX-Last-ID with the id of the newest frame, e1-N; got none`,
  ],
  [
    "closes with 1000 for a restart",
    { code: 1000 },
    `§5 Restarted; expected 1012, or another code after which pages dial again; the connection was closed with 1000`,
  ],
  [
    "counts anew",
    { nextEpoch: () => "e1" },
    `§7 After the restart <!--id:e1-N--><ol id="log" hx-swap-oob="beforeend"><li>TEXT</li></ol> came, with an id of before; expected another epoch in the ids, or a count that goes on: pages take old frames for new ones`,
  ],
]

describe("of a server that", () => {
  // Most of the time they wait, so all do at once. The first fault is the one that was made.
  let found: ReadonlyArray<ReadonlyArray<string>> = []
  beforeAll(async () => {
    const areOfRestart = (faults: Faults) => "code" in faults || "nextEpoch" in faults
    found = await Promise.all(faults.map(([, faults]) => results(faults, areOfRestart(faults))))
  }, 30_000)

  test.for(faults.map(([title, , sentence], at) => ({ title, sentence, at })))(
    "$title",
    ({ at, sentence }) => {
      expect(found[at]?.[0]).toBe(sentence)
    },
  )
})
