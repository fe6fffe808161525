import type { Case, Deviation } from "../Case.ts"
import { connected } from "./page2.ts"
import { connected4 } from "./page4.ts"

const form = `<form id="f" ws-send hx-confirm="Really?"><input name="word" value="hello"> <button id="say">Say</button></form>`
const form4 = form.replace("ws-send", "hx-ws:send")

const answering = (answer: boolean): string =>
  `window.confirm = (question) => { show("confirm " + question); return ${answer} }`

/** A listener that asks in its own way. The page answers by `agree`. */
const asking = `addEventListener("htmx:confirm", (event) => {
  event.preventDefault()
  window.agree = () => event.detail.issueRequest(true)
})`

const asks = (lines: string, on?: Deviation["on"]): Deviation => ({
  name: "the official script does not ask",
  wants:
    "`hx-confirm` asks before anything is collected, through htmx's own `htmx:confirm` event (`issueRequest`, asynchronous answers, `window.confirm` otherwise); refused, nothing is sent and no event of a message comes.",
  lines,
  ...(on && { on }),
})

const byWindow = asks(`
  + htmx:confirm on #f …question: "Really?"…
  + note "confirm Really?"`)
const byWindow4 = asks(`
  + htmx:confirm on #f …confirm: "Really?"…
  + note "confirm Really?"`)
const byListener = asks(`
  + htmx:confirm on #f …
  + htmx:confirm cancelled on #f`)

/** Cases about `hx-confirm`. */
export const confirm: ReadonlyArray<Case> = [
  {
    title: "A form asks by hx-confirm, and the user agrees",
    on: ["1.9", "2"],
    page: connected(form),
    script: answering(true),
    steps: (stage) => stage.click("#say"),
    deviates: [byWindow],
  },
  {
    title: "A form asks by hx-confirm, and the user does not agree",
    on: ["1.9", "2"],
    page: connected(form),
    script: answering(false),
    steps: (stage) => stage.click("#say"),
    deviates: [
      byWindow,
      asks(`
        - htmx:validation:validate on input
        - htmx:wsConfigSend on #f …
        - htmx:wsBeforeSend on #f …
        - write …
        - htmx:wsAfterSend on #f …
        - server got …`),
      asks("- htmx:validation:validate on #say", ["2"]),
    ],
  },
  {
    title: "A form asks by hx-confirm, and a listener answers later",
    on: ["1.9", "2"],
    page: connected(form),
    script: asking,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run("window.agree?.()")
    },
    deviates: [byListener],
  },
  {
    title: "A form asks by hx-confirm on htmx 4, and the user agrees",
    on: ["4"],
    page: connected4(form4),
    script: answering(true),
    steps: (stage) => stage.click("#say"),
    deviates: [byWindow4],
  },
  {
    title: "A form asks by hx-confirm on htmx 4, and the user does not agree",
    on: ["4"],
    page: connected4(form4),
    script: answering(false),
    steps: (stage) => stage.click("#say"),
    deviates: [
      byWindow4,
      asks(`
        - htmx:ws:before:message:outgoing on #f …
        - write …
        - htmx:ws:after:message:outgoing on #f …
        - server got …`),
    ],
  },
  {
    title: "A form asks by hx-confirm on htmx 4, and a listener answers later",
    on: ["4"],
    page: connected4(form4),
    script: asking,
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run("window.agree?.()")
    },
    deviates: [byListener],
  },
]
