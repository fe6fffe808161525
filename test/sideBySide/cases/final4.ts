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

/** What happens around a close. */
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
