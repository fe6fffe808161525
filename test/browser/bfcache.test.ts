import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll, describe, inject } from "vitest"
import { expect, test } from "../setup/browser.ts"
import { findFullChromium, flags } from "../setup/chromium.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

/** A full Chromium: the headless shell has no back/forward cache, and Playwright switches it off. Other engines have one. */
let full: Browser | undefined
beforeAll(async () => {
  if (inject("browser").engine !== "chromium") return
  full = await chromium.launch({
    executablePath: findFullChromium(),
    args: flags,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  })
})
afterAll(() => full?.close())

const room = `<div ws-connect="/ws"><div id="back" ws-send hx-trigger="back" hx-vals='{"back": true}'></div></div>
  <script>
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) htmx.trigger("#back", "back")
    })
  </script>`

describe.concurrent("a page in the back/forward cache", () => {
  for (const [title, config] of [
    ["with the defaults", {}],
    ["with pauseOnBackground", { pauseOnBackground: true }],
    ["with reconnect: false", { reconnect: false }],
  ] as const) {
    for (const htmx of ["1.9", "2", "4"] as const) {
      test(`${title}: closes its socket, and reconnects when it is restored (htmx ${htmx})`, async ({
        browser,
        onTestFinished,
        server,
      }) => {
        const page = await (full ?? browser).newPage()
        onTestFinished(() => page.close())
        server.page("/away", "<p>away</p>")
        await page.goto(server.page("/", html({ htmx, ws: "ours", config: { ws: config }, body: room })))
        for (const trip of [1, 2]) {
          await waitFor(() => server.live("/ws").length === 1)
          await page.goto(server.url("/away"))
          await waitFor(() => server.live("/ws").length === 0)
          await page.goBack({ waitUntil: "commit" })
          // Only a page restored from the cache has sent this; a page loaded anew would not.
          await waitFor(() => server.received("/ws").length === trip)
        }
        expect(server.visits).toHaveLength(3)
      })
    }
  }
})
