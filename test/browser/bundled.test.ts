import { describe } from "vitest"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { bundle } from "../setup/bundle.ts"
import { waitFor } from "../setup/waitFor.ts"

const program = `
  import * as Schedule from "effect/Schedule"
  import htmx from "htmx-2"
  import { register } from "htmx-ext-effect-ws/htmx2"
  register(htmx, { reconnectDelay: Schedule.spaced("20 millis") })`

describe("the package under a bundler", () => {
  test("extends the htmx passed to it, without a global, with a Schedule of the page's own", async ({
    server,
    page,
  }) => {
    server.script("/page.js", (await bundle(program)).code)
    const body = `<link rel="icon" href="data:,"><body hx-ext="ws"><div ws-connect="/ws"><p id="out"></p></div>`
    await page.goto(server.page("/", `<!doctype html><script type="module" src="/page.js"></script>${body}`))
    await waitFor(() => server.live("/ws").length === 1)
    for (const visit of server.live("/ws")) visit.close(1001)
    await waitFor(() => server.visitsTo("/ws").length === 2 && server.live("/ws").length === 1)
    server.send(`<p id="out">bundled</p>`)
    await page.getByText("bundled").waitFor()
    expect(await page.evaluate(() => "htmx" in window)).toBe(false)
    expect(consoleOf(page)).toEqual([])
  })
})
