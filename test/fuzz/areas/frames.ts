import * as fc from "fast-check"
import type { HtmxVersion } from "../../setup/pages.ts"
import { FuzzedPage } from "../FuzzedPage.ts"
import { content, html, json, text } from "../hostile.ts"

const odd = fc.oneof(
  fc.uint8Array({ maxLength: 9 }).map(({ buffer }) => buffer),
  fc.anything({ withNullPrototype: true }),
  json,
)

const bodies = {
  html: `<div id="room" data-room ws-connect="/ws" ws-resume="1"><p id="probe">old</p><form id="f" ws-send ws-keep><input name="id"><input name="submit"></form></div>`,
  json: `<div id="room" data-room hx-ws:connect="/ws" hx-ws:resume="1"><p id="probe">old</p><form id="f" hx-ws:send><input name="id"></form></div>`,
}

export const frames = (htmx: HtmxVersion): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    fc.constantFrom(...(htmx === "4" ? (["html", "json"] as const) : (["html"] as const))),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: html },
        { weight: 4, arbitrary: content },
        { weight: 1, arbitrary: text },
        { weight: 1, arbitrary: odd },
      ),
      { minLength: 1, maxLength: 6 },
    ),
    async (wire, given) => {
      using fuzzed = await FuzzedPage.open(htmx, { body: bodies[wire] })
      await fuzzed.connect()
      for (const frame of given) await fuzzed.receive(frame)
      await fuzzed.verify()
    },
  )
