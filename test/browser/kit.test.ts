import { describe } from "vitest"
import { accept, echo, hang, inTurn, refuse } from "../setup/behaviours.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

describe("the official script on the test kit", () => {
  for (const htmx of ["1.9", "2"] as const) {
    test(`htmx ${htmx} connects, swaps frames and sends a form`, async ({ server, page }) => {
      server.webSocket(
        "/ws",
        echo((text) => `<p id="out">got ${JSON.parse(text).word}</p>`),
      )
      const body = `
        <div ws-connect="/ws">
          <p id="out">nothing</p>
          <form ws-send><input name="word"></form>
        </div>`
      await page.goto(server.page("/", html({ htmx, ws: "official", body })))
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

test("a page sees refused, hanging and accepted handshakes in turn", async ({ server, page }) => {
  server.webSocket("/ws", inTurn(refuse(503), hang(), accept()))
  await page.goto(server.page("/", "<p>hi</p>", { "Content-Security-Policy": "default-src 'self' ws:" }))
  /** Makes the page dial. Returns its first event by the time of `seen`, if any. */
  const dial = (attempt: number, seen: () => Promise<unknown>) =>
    page
      .evaluate(
        ([url, attempt]) => {
          const socket = new WebSocket(url)
          const tell = (what: string) => {
            document.body.dataset[`dial${attempt}`] ??= what
          }
          socket.onopen = () => tell("open")
          socket.onclose = ({ code }) => tell(`close ${code}`)
          Object.assign(window, { hangUp: () => socket.close() })
        },
        [server.wsUrl("/ws"), attempt] as const,
      )
      .then(seen)
      .then(() => isSettled(attempt))
  const isSettled = (attempt: number) =>
    page.evaluate((attempt) => document.body.dataset[`dial${attempt}`], attempt)
  const settled = (attempt: number) => () => waitFor(() => isSettled(attempt))

  expect(await dial(1, settled(1))).toBe("close 1006")
  expect(await dial(2, () => waitFor(() => server.visits.length === 2))).toBe(undefined)
  await page.evaluate(() => (window as unknown as { hangUp: () => void }).hangUp())
  expect(await dial(3, settled(3))).toBe("open")
  expect(server.live("/ws")).toHaveLength(1)
})
