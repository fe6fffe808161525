/** Each rule with a bad and a good page: for `--explain`, for docs/rules.md, and for the tests. */
import type { frameRules } from "../companions/inspector/rules/frames.ts"
import type { HtmxLine } from "../companions/inspector/rules/Page.ts"
import type { rules } from "../companions/inspector/rules/rules.ts"

/** A page, and the frame that its server sends. */
export interface Example {
  readonly page: string
  readonly frame?: string
}

export interface Explained {
  readonly rule: keyof typeof rules | keyof typeof frameRules
  readonly title: string
  /** What happens, and why. */
  readonly why: string
  readonly on: ReadonlyArray<HtmxLine>
  readonly bad: Example
  readonly good: Example
  /** Whether `--fix` makes the good page of the bad one. */
  readonly isFixed?: boolean
}

const all = ["1.9", "2", "4"] as const
const before4 = ["1.9", "2"] as const

export const examples: ReadonlyArray<Explained> = [
  {
    rule: "unknown-id",
    title: "A frame is for an id that is not on the page",
    why: "htmx looks for the element of that id, finds none, and changes nothing. Mostly it is spelled differently on the two sides.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><ul id="chat-room"></ul></main>
</body>`,
      frame: `<ul id="chatroom" hx-swap-oob="beforeend"><li>Hello</li></ul>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><ul id="chat-room"></ul></main>
</body>`,
      frame: `<ul id="chat-room" hx-swap-oob="beforeend"><li>Hello</li></ul>`,
    },
  },
  {
    rule: "send-without-connection",
    title: "`ws-send` without a connection around it",
    why: "An element sends to the nearest connection around it. Beside one, it has none.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <ul id="log" ws-connect="/chat"></ul>
  <form id="say" ws-send><input name="text"></form>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat">
    <ul id="log"></ul>
    <form id="say" ws-send><input name="text"></form>
  </main>
</body>`,
    },
  },
  {
    rule: "extension-twice",
    title: "`hx-ext` twice",
    why: "Inside an element that has the extension, naming it again gives nothing, and makes the official scripts handle each event twice.",
    on: before4,
    bad: {
      page: `<body hx-ext="ws">
  <main hx-ext="ws" ws-connect="/chat"></main>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"></main>
</body>`,
    },
    isFixed: true,
  },
  {
    rule: "extension-off",
    title: "`ws-connect` where the extension is not on",
    why: "On htmx 1.9 and 2 an extension is on where `hx-ext` says so. Loading its script is not enough. Of two `hx-ext` on one tag HTML keeps the first.",
    on: before4,
    bad: {
      page: `<body>
  <main hx-ext="sse" hx-ext="ws" ws-connect="/chat"></main>
</body>`,
    },
    good: {
      page: `<body>
  <main hx-ext="sse, ws" ws-connect="/chat"></main>
</body>`,
    },
  },
  {
    rule: "camel-case-event",
    title: "Capitals in `hx-on`",
    why: "HTML turns names of attributes into small letters, so that `hx-on::wsOpen` listens for `htmx:wsopen`. htmx dispatches each event under a name without capitals too.",
    on: before4,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat" hx-on::wsOpen="this.hidden = false"></main>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat" hx-on::ws-open="this.hidden = false"></main>
</body>`,
    },
    isFixed: true,
  },
  {
    rule: "reserved-field",
    title: "A field named `HEADERS` or `headers`",
    why: "The headers of a message stand beside its values: under `HEADERS` in messages of `ws-send`, under `headers` in those of `hx-ws:send`. They replace a field of that name.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat">
    <form id="say" ws-send><input name="HEADERS" value="a,b"></form>
  </main>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat">
    <form id="say" ws-send><input name="columns" value="a,b"></form>
  </main>
</body>`,
    },
  },
  {
    rule: "trigger-on-connect",
    title: "`hx-trigger` on `ws-connect`",
    why: "On htmx 1.9 and 2 an element connects as soon as htmx processes it, whatever its `hx-trigger` says. htmx 4 waits for it.",
    on: before4,
    bad: {
      page: `<body hx-ext="ws">
  <main id="room" ws-connect="/chat" hx-trigger="revealed"></main>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main hx-get="/room" hx-trigger="revealed" hx-swap="outerHTML"></main>
</body>`,
    },
  },
  {
    rule: "unquoted-from",
    title: "`from:closest …` without quotes on htmx 4",
    why: "htmx 4 takes only the word after `from:`, and looks for elements named `closest`.",
    on: ["4"],
    bad: {
      page: `<body>
  <main hx-ws:connect="/chat">
    <b hx-get="/unread" hx-trigger="unread from:closest main">0</b>
  </main>
</body>`,
    },
    good: {
      page: `<body>
  <main hx-ws:connect="/chat">
    <b hx-get="/unread" hx-trigger="unread from:'closest main'">0</b>
  </main>
</body>`,
    },
    isFixed: true,
  },
  {
    rule: "old-reconnect-delay",
    title: "`wsReconnectDelay` on htmx 4",
    why: "It is a setting of htmx 1.9 and 2. On htmx 4 nothing reads it.",
    on: ["4"],
    bad: {
      page: `<head><meta name="htmx-config" content='{"wsReconnectDelay": "full-jitter"}'></head>
<body>
  <main hx-ws:connect="/chat"></main>
</body>`,
    },
    good: {
      page: `<head><meta name="htmx-config" content='{"ws": {"reconnectDelay": "1s", "reconnectJitter": "full"}}'></head>
<body>
  <main hx-ws:connect="/chat"></main>
</body>`,
    },
  },
  {
    rule: "old-frame",
    title: "A frame of htmx 2 under `hx-ws:connect`",
    why: "Under `hx-ws:connect` a frame goes into `hx-target`, or into the element itself, whatever ids are in it. Under `ws-connect`, on htmx 4 too, each of its elements replaces the one with its id.",
    on: ["4"],
    bad: {
      page: `<body>
  <main hx-ws:connect="/chat"><b id="count">0</b> <i id="mood">calm</i></main>
</body>`,
      frame: `<b id="count">1</b>`,
    },
    good: {
      page: `<body>
  <main hx-ws:connect="/chat"><b id="count">0</b> <i id="mood">calm</i></main>
</body>`,
      frame: `<b id="count" hx-swap-oob="true">1</b>`,
    },
  },
  {
    rule: "new-frame",
    title: "A frame of htmx 4 under `ws-connect`",
    why: "Under `ws-connect` a frame is HTML, on every htmx. JSON is for listeners, and swaps nothing.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><b id="count">0</b></main>
</body>`,
      frame: `{"content": "<b>1</b>", "target": "#count"}`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><b id="count">0</b></main>
</body>`,
      frame: `<b id="count">1</b>`,
    },
  },
  {
    rule: "text-frame",
    title: "Text without an element",
    why: "A frame says by the ids of its elements where it goes. Text outside of them goes nowhere.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><p id="news"></p></main>
</body>`,
      frame: `Hello`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><p id="news"></p></main>
</body>`,
      frame: `<p id="news">Hello</p>`,
    },
  },
  {
    rule: "frame-without-id",
    title: "An element without an id",
    why: "A frame says by the ids of its elements where it goes. One without an id, and without a selector in `hx-swap-oob`, goes nowhere.",
    on: all,
    bad: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><ul id="log"></ul></main>
</body>`,
      frame: `<li>Hello</li>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"><ul id="log"></ul></main>
</body>`,
      frame: `<ul hx-swap-oob="beforeend:#log"><li>Hello</li></ul>`,
    },
  },
  {
    rule: "old-settings",
    title: "`ws-config` on htmx 4",
    why: "On htmx 4 the settings of an element stand in `hx-config`, those of WebSockets with `ws.` in front.",
    on: ["4"],
    bad: {
      page: `<body>
  <main hx-ws:connect="/chat" ws-config="heartbeat:25s, queueTtl:1m"></main>
</body>`,
    },
    good: {
      page: `<body>
  <main hx-ws:connect="/chat" hx-config="ws.heartbeat:25s, ws.queueTtl:1m"></main>
</body>`,
    },
    isFixed: true,
  },
  {
    rule: "old-event-name",
    title: "Events of htmx 2 on htmx 4",
    why: "The events of WebSockets have other names on htmx 4.",
    on: ["4"],
    bad: {
      page: `<body>
  <main hx-ws:connect="/chat" hx-on::ws-open="this.hidden = false">
    <b hx-get="/unread" hx-trigger="htmx:wsClose from:body">0</b>
  </main>
</body>`,
    },
    good: {
      page: `<body>
  <main hx-ws:connect="/chat" hx-on::ws:after:connection="this.hidden = false">
    <b hx-get="/unread" hx-trigger="htmx:ws:close from:body">0</b>
  </main>
</body>`,
    },
    isFixed: true,
  },
  {
    rule: "new-attribute",
    title: "Attributes of htmx 4 on htmx 1.9 and 2",
    why: "There they are `ws-connect`, `ws-send` and `ws-status`, and the extension has to be on.",
    on: before4,
    bad: {
      page: `<body hx-ext="ws">
  <main hx-ws:connect="/chat"></main>
</body>`,
    },
    good: {
      page: `<body hx-ext="ws">
  <main ws-connect="/chat"></main>
</body>`,
    },
  },
]
