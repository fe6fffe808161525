import * as fc from "fast-check"
import type { HtmxVersion } from "../../setup/pages.ts"
import { FuzzedPage } from "../FuzzedPage.ts"
import { names } from "../hostile.ts"

/** What a function of the page does. `thenable`: it returns what is no promise, but takes callbacks as one does. */
interface Answer {
  readonly how: "return" | "throw" | "reject" | "resolve" | "thenable"
  readonly value: unknown
  readonly calls: "nothing" | "resolve" | "reject" | "both"
}

const anything = fc.oneof(
  fc.constantFrom(...names),
  fc.anything({ withNullPrototype: true, withBigInt: true }),
)

const answer: fc.Arbitrary<Answer> = fc.record({
  how: fc.constantFrom("return", "throw", "reject", "resolve", "thenable"),
  value: anything,
  calls: fc.constantFrom("nothing", "resolve", "reject", "both"),
})

const give = ({ calls, how, value }: Answer): unknown => {
  if (how === "throw") throw value
  if (how === "return") return value
  if (how === "resolve") return Promise.resolve(value)
  if (how === "reject") {
    const rejected = Promise.reject(value)
    rejected.catch(() => {})
    return rejected
  }
  const take = (resolve: (value: unknown) => void, reject: (reason: unknown) => void): void => {
    if (calls !== "reject") resolve(value)
    if (calls !== "resolve") reject(value)
  }
  const then = "then"
  return { [then]: calls === "nothing" ? () => {} : take }
}

const events = [
  ...[
    "htmx:wsConfigConnect",
    "htmx:wsOpen",
    "htmx:wsBeforeMessage",
    "htmx:wsConfigSend",
    "htmx:wsBeforeSend",
  ],
  ...["htmx:wsReconnecting", "htmx:wsClose", "htmx:wsAfterMessage", "htmx:wsAfterSend", "htmx:wsConnecting"],
  ...["htmx:ws:before:connection", "htmx:ws:after:connection", "htmx:ws:before:message:incoming"],
  ...["htmx:ws:before:message:outgoing", "htmx:ws:reconnecting", "htmx:ws:close"],
]

/** What a listener writes into the detail of its event. */
const written = fc.dictionary(
  fc.constantFrom(
    "url",
    "protocols",
    "delay",
    "message",
    "parameters",
    "headers",
    "messageBody",
    "cancelled",
    "attempt",
  ),
  anything,
  { maxKeys: 2, noNullPrototype: true },
)

export const callbacks = (htmx: HtmxVersion): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    fc.option(answer, { nil: undefined }),
    fc.option(answer, { nil: undefined }),
    fc.option(answer, { nil: undefined }),
    fc.array(
      fc.record({
        event: fc.constantFrom(...events),
        answer,
        written,
        times: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 3 },
    ),
    async (create, delay, transform, listeners) => {
      let isHostile = true
      using fuzzed = await FuzzedPage.open(htmx, {
        body: `<div id="room" data-room ws-connect="/ws" ws-config="waitTimeout:100ms"><p id="probe"></p><form ws-send id="f"><input name="a"></form></div>`,
        config: delay === undefined ? {} : { reconnectDelay: () => (isHostile ? give(delay) : 5) },
        before: (window) => {
          const { htmx } = window as unknown as {
            htmx: Record<string, unknown> & { defineExtension?: (name: string, extension: object) => void }
          }
          const make = (url: string) => new window.WebSocket(url)
          if (create !== undefined)
            htmx.createWebSocket = (url: string) => (isHostile ? give(create) : make(url))
          if (transform !== undefined)
            htmx.defineExtension?.("odd", {
              transformResponse: (text: unknown) => (isHostile ? give(transform) : text),
            })
          for (const { answer, event, times, written } of listeners) {
            let left = times
            window.document.addEventListener(event, (happened) => {
              if (!isHostile || left-- <= 0) return
              const { detail } = happened as CustomEvent
              Object.assign(detail, written)
              if (detail.connection && "url" in written) detail.connection.url = written.url
              const given = answer.how === "throw" ? undefined : give(answer)
              detail.waitUntil?.(given)
              if (answer.how === "throw") throw new Error("of the page")
            })
          }
        },
      })
      const { page } = fuzzed
      page.document.body.setAttribute("hx-ext", "ws,odd")
      await fuzzed.connect()
      page.$<HTMLFormElement>("#f").requestSubmit()
      await fuzzed.receive("<p id=probe>1</p>")
      page.clock.advance(200)
      await fuzzed.settle()
      page.sockets.at(-1)?.end?.(1012)
      page.clock.advance(2_000)
      await fuzzed.settle()
      await fuzzed.connect()
      isHostile = false
      await fuzzed.verify(
        /uncaught: Uncaught \[Error: of the page\]|uncaught: Error: of the page|uncaught: of the page/,
      )
    },
  )
