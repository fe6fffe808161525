import { describe } from "vitest"
import { echo } from "../setup/behaviours.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

describe("smoke", () => {
  for (const htmx of ["1.9", "2"] as const) {
    test(`htmx ${htmx} connects, swaps what it gets and sends what is typed`, async ({ server, page }) => {
      server.webSocket(
        "/ws",
        echo((text) => `<p id="out">got ${JSON.parse(text).word}</p>`),
      )
      const body = `
        <div ws-connect="/ws">
          <p id="out">nothing</p>
          <form ws-send><input name="word"></form>
        </div>`
      await page.goto(server.page("/", html({ htmx, ws: "ours", body })))
      await waitFor(() => server.live("/ws").length === 1)
      server.send(`<p id="out">hello</p>`)
      await page.getByText("hello").waitFor()
      await page.fill("input", "there")
      await page.press("input", "Enter")
      await page.getByText("got there").waitFor()
      expect(server.received("/ws")).toHaveLength(1)
      expect(consoleOf(page)).toEqual([])
    })
  }
})
