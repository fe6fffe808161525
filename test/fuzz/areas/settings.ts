import * as fc from "fast-check"
import type { HtmxVersion } from "../../setup/pages.ts"
import { FuzzedPage } from "../FuzzedPage.ts"
import { damaged, json, text } from "../hostile.ts"

const keys = [
  ...[
    "reconnect",
    "reconnectCodes",
    "reconnectDelay",
    "reconnectFactor",
    "reconnectMaxDelay",
    "reconnectJitter",
  ],
  ...["reconnectMaxAttempts", "reconnectStableAfter", "connectTimeout", "closeTimeout", "heartbeat"],
  ...[
    "heartbeatMessage",
    "heartbeatTimeout",
    "pauseOnBackground",
    "queueCapacity",
    "queueOverflow",
    "queueTtl",
  ],
  ...["maxOutgoingMessagesQueueSize", "protocols", "binaryType", "waitTimeout", "selfOnly", "batch"],
  ...["resume", "signals", "delivery", "doctor", "inspector"],
  ...["signals.allow", "signals.spread", "resume.param", "resume.hold", "delivery.ack", "delivery.fallback"],
]

const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: text })

const value = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      "5s",
      "0ms",
      "1 second",
      500,
      true,
      false,
      "full-jitter",
      [1006],
      "a b",
    ),
  },
  { weight: 3, arbitrary: json },
  {
    weight: 1,
    arbitrary: fc.record({ allow: json, spread: json, param: json, hold: json, ack: json, fallback: json }),
  },
)

const record = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: false })

/** As the page has it: what a program may put there, too. */
const ofPage = fc.oneof(
  { weight: 2, arbitrary: record },
  { weight: 1, arbitrary: fc.anything() },
  {
    weight: 1,
    arbitrary: fc.dictionary(key, fc.anything({ withBigInt: true, withNullPrototype: true }), { maxKeys: 4 }),
  },
)

/** As an attribute has it. */
const ofElement = damaged(
  fc.oneof(
    record.map((given) => JSON.stringify(given)),
    record.map((given) => JSON.stringify({ ws: given })),
    fc
      .array(
        fc.tuple(
          key,
          fc.oneof(
            text,
            json.map((one) => JSON.stringify(one)),
          ),
        ),
        { maxLength: 4 },
      )
      .map((pairs) => pairs.map(([key, value]) => `${key}:${value}`).join(", ")),
    fc
      .array(fc.tuple(key, text), { maxLength: 4 })
      .map((pairs) => pairs.map(([key, value]) => `ws.${key}:"${value}"`).join(" ")),
    text,
  ),
)

export const settings = (htmx: HtmxVersion): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    ofPage,
    ofElement,
    ofElement,
    fc.constantFrom("ws", "native"),
    async (config, outer, inner, wire) => {
      using fuzzed = await FuzzedPage.open(htmx, { body: `<main></main>`, config })
      const { page } = fuzzed
      const main = page.$("main")
      const attribute = htmx === "4" ? "hx-config" : "ws-config"
      main.setAttribute(attribute, outer)
      main.innerHTML = `<div id="room" data-room ws-resume><p id="probe"></p><form ws-send id="f"><input name="a"></form></div>`
      const room = page.$("#room")
      room.setAttribute(htmx === "4" && wire === "native" ? "hx-ws:connect" : "ws-connect", "/ws")
      room.setAttribute(attribute, inner)
      page.htmx.process(main)
      await fuzzed.connect()
      page.$<HTMLFormElement>("#f").requestSubmit()
      await fuzzed.receive(`{"HX-Trigger": "unread"}`)
      await fuzzed.verify()
    },
  )
