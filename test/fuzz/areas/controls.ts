import * as fc from "fast-check"
import type { HtmxVersion } from "../../setup/pages.ts"
import { FuzzedPage } from "../FuzzedPage.ts"
import { control, html, text } from "../hostile.ts"

const body = `<div id="room" data-room ws-connect="/ws" ws-resume ws-resync="/state"
  ws-config='{"signals": {"allow": "trigger push-url"}}'>
  <p id="probe">old</p>
  <form id="f" ws-send ws-delivery="5s"><input name="id" value="x"><b ws-delivery></b></form>
  <template ws-outgoing="#f"><i ws-value="id"></i></template></div>`

/** An id of a frame, or of a message, as the comments in front of HTML have it. */
const marked = fc
  .tuple(fc.constantFrom("id", "re"), text, html)
  .map(([key, id, html]) => `<!--${key}:${id}-->${html}`)

export const controls = (htmx: HtmxVersion): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    text,
    fc.array(fc.oneof({ weight: 3, arbitrary: control }, { weight: 1, arbitrary: marked }), {
      minLength: 1,
      maxLength: 6,
    }),
    async (cursor, given) => {
      using fuzzed = await FuzzedPage.open(htmx, { body })
      const room = fuzzed.page.$("#room")
      room.setAttribute("ws-resume", cursor)
      await fuzzed.connect()
      fuzzed.page.$<HTMLFormElement>("#f").requestSubmit()
      for (const frame of given) await fuzzed.receive(frame)
      // It dials again, with the cursor that it has by now.
      fuzzed.page.sockets.at(-1)?.end(1012)
      fuzzed.page.clock.advance(2_000)
      await fuzzed.settle()
      await fuzzed.connect()
      await fuzzed.verify()
    },
  )
