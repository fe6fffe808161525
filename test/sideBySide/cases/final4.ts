import { accept } from "../../setup/behaviours.ts"
import type { Case, Deviation } from "../Case.ts"
import { connected4, form4, into, listen } from "./page4.ts"

const on = ["4"] as const

const frames = (count: number, swap?: string) =>
  Array.from({ length: count }, (_, at) => into(`frame ${at}`, swap))

const then = (
  end: (visit: Parameters<Parameters<typeof accept>[0] & object>[0]) => void,
  all: Array<string>,
) =>
  accept((visit) => {
    for (const frame of all) visit.send(frame)
    end(visit)
  })

const appliedBefore: Deviation = {
  name: "the close waits for the frames that came before it",
  wants:
    "Frames that were received before a close are applied before it, however long their swaps take, also when it is final (not when the element leaves).",
  lines: `
    - htmx:ws:close on #c …
    + htmx:ws:close on #c …`,
}

const countedAfter: Deviation = {
  name: "a retry is counted when the close has been told, which waits for the frames",
  wants: "`attempt` (still the number of the retry in `after:connection`, 0 after it)",
  lines: `
    - htmx:ws:after:message:incoming on #c …attempt: 1…
    - htmx:ws:before:message:incoming on #c …attempt: 1…
    - htmx:ws:after:message:incoming on #c …attempt: 1…
    + htmx:ws:after:message:incoming on #c …attempt: 0…
    + htmx:ws:before:message:incoming on #c …attempt: 0…
    + htmx:ws:after:message:incoming on #c …attempt: 0…`,
}

/** Cases about what happens around a close on htmx 4. */
export const final4: ReadonlyArray<Case> = [
  ...([1000, 4000] as const).map(
    (code): Case => ({
      title: `Two frames and a close with ${code}: both are applied`,
      on,
      page: connected4(),
      server: () => then((visit) => visit.close(code), frames(2)),
    }),
  ),
  {
    title: "Forty frames that append and a close with 1000: all are applied",
    on,
    page: connected4(),
    server: () => then((visit) => visit.close(1000), frames(40, "beforeend")),
  },
  {
    title: "Two frames and a close, without retries: both are applied",
    on,
    page: connected4("", `hx-config="ws.reconnect:false"`),
    server: () => then((visit) => visit.close(1012), frames(2)),
  },
  {
    title: "Two frames whose swaps take time, and a close with 1000: both are applied",
    on,
    page: connected4(),
    server: () => then((visit) => visit.close(1000), frames(2, "innerHTML swap:20ms settle:50ms")),
    steps: (stage) => stage.pass(1_000),
    deviates: [appliedBefore],
  },
  {
    title: "Two frames for which a listener waits, and a close with 1000: both are applied",
    on,
    page: connected4(),
    script: listen(
      "before:message:incoming",
      "event.detail.waitUntil(new Promise((done) => setTimeout(done, 100)))",
    ),
    server: () => then((visit) => visit.close(1000), frames(2)),
    steps: (stage) => stage.pass(1_000),
    deviates: [appliedBefore],
  },
  {
    title: "Two frames whose swaps take time, and a close after which there are no more retries",
    on,
    page: connected4("", `hx-config="ws.reconnectMaxAttempts:0"`),
    server: () => then((visit) => visit.close(1012), frames(2, "innerHTML swap:20ms settle:50ms")),
    steps: (stage) => stage.pass(1_000),
    deviates: [appliedBefore, countedAfter],
  },
  {
    title: "Two frames whose swaps take longer than the delay of a retry that a listener vetoes",
    on,
    page: connected4(),
    script: `let asked = 0; ${listen("before:connection", "if (asked++ === 1) event.preventDefault()")}`,
    server: () => then((visit) => visit.close(1012), frames(2, "innerHTML swap:900ms")),
    steps: (stage) => stage.pass(5_000),
    deviates: [
      appliedBefore,
      countedAfter,
      {
        name: "the retry that is vetoed comes after the close, and the close after the frames",
        wants: "`before:connection` runs immediately before every dial, on every path",
        lines: `
          - htmx:ws:before:connection on #c …
          - htmx:ws:before:connection cancelled on #c
          - htmx:ws:close on #c …reason: "cancelled"}
          + htmx:ws:before:connection on #c …
          + htmx:ws:before:connection cancelled on #c
          + htmx:ws:close on #c …reason: "cancelled"}`,
      },
    ],
  },
  {
    title: "A forced htmx.process while a frame is applied",
    on,
    page: connected4(),
    steps: async (stage) => {
      await stage.send(into("one", "innerHTML swap:20ms"))
      await stage.run(`htmx.process(document.querySelector("#c"), true)`)
      await stage.pass(1_000)
    },
  },
  {
    title: "A message waits for a listener when a final close comes: its sender hears of it",
    on,
    page: connected4(form4),
    script: listen(
      "before:message:outgoing",
      "event.detail.waitUntil(new Promise((done) => { window.done = done }))",
    ),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.close(1000)
      await stage.run("done()")
    },
  },
  {
    title: "A message waits for its hx-vals when a final close comes: its sender hears of it",
    on,
    page: connected4(
      `<button id="say" hx-ws:send hx-vals="js:{ word: await new Promise((done) => { window.done = done }) }">Say</button>`,
    ),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.close(1000)
      await stage.run(`done("hello")`)
    },
    deviates: [
      {
        name: "it is told that it is lost, and then nobody is asked about it",
        wants:
          "Every accepted message ends in exactly one of: sent (`wsAfterSend`), vetoed (`wsBeforeSend` cancelled), taken out of `queue` by the page, or dropped with an event that carries it.",
        lines: "- htmx:ws:before:message:outgoing on #say …",
      },
    ],
  },
  {
    title: "A message waits for its hx-vals when a close comes that is retried: it is sent later",
    on,
    page: connected4(
      `<button id="say" hx-ws:send hx-vals="js:{ word: await new Promise((done) => { window.done = done }) }">Say</button>`,
    ),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.close(1012)
      await stage.pass(1_000)
      await stage.run(`done("hello")`)
    },
  },
  {
    title: "A user thinks for a minute about a message",
    on,
    page: connected4(form4),
    script: listen(
      "before:message:outgoing",
      "event.detail.waitUntil(new Promise((done) => { window.done = done }))",
    ),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.pass(60_000)
      await stage.run("done()")
    },
  },
  {
    title: "A goodbye is sent when the connect element is removed",
    on,
    page: connected4(),
    script: listen(
      "close",
      `show([event.detail.reason, connection.socket?.readyState, event.target._htmx?.ws?.connection === connection])
       if (event.detail.reason === "removed") connection.socket.send("goodbye")`,
    ),
    steps: (stage) => stage.run(`htmx.swap({ target: "#c", text: "<p>gone</p>", swap: "outerHTML" })`),
  },
  {
    title: "Leaving the page closes with 1000 and a reason",
    on,
    page: connected4(),
    steps: (stage) => stage.leave(),
  },
]
