/** Tests the built script for htmx 4 in Chromium, against a real server. */
import type { Page } from "playwright-core"
import { describe } from "vitest"
import { accept, closeAfter, echo, inTurn } from "../../setup/behaviours.ts"
import { consoleOf, expect, test } from "../../setup/browser.ts"
import { html } from "../../setup/pages.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { stopClock } from "../kit/clock.ts"

const chat = `
  <main hx-ws:connect="/ws" hx-config="ws.reconnectDelay:20ms">
    <p id="out">nothing</p>
    <p id="state" hx-ws:status></p>
    <form hx-ws:send><input name="word"></form>
  </main>`

const shows = (page: Page, state: string): Promise<void> =>
  page.locator(`[data-ws-state=${state}]`).waitFor({ state: "attached" })

describe.each(["ours", "min", "official"] as const)("the %s script", (ws) => {
  test("connects, swaps frames and sends a form", async ({ server, page }) => {
    server.webSocket(
      "/ws",
      echo((text) =>
        JSON.stringify({
          content: `got ${JSON.parse(text).word} by ${JSON.parse(text).headers["HX-Source"]}`,
          target: "#out",
        }),
      ),
    )
    await page.goto(server.page("/", html({ htmx: "4", ws, body: chat })))
    await waitFor(() => server.live("/ws").length === 1)
    server.send(`{"content": "hello", "target": "#out"}`)
    await page.getByText("hello").waitFor()
    await page.fill("input", "there")
    await page.press("input", "Enter")
    await page.getByText("got there by form").waitFor()
    expect(server.received("/ws")).toHaveLength(1)
    expect(page.url()).toBe(server.url("/"))
    expect(consoleOf(page)).toEqual([])
  })
})

describe.each(["ours", "min"] as const)("the %s script", (ws) => {
  test("reconnects after the server dropped it, and sends messages queued meanwhile", async ({
    server,
    page,
  }) => {
    await page.goto(server.page("/", html({ htmx: "4", ws, body: chat })))
    await shows(page, "open")
    await server.down()
    await shows(page, "reconnecting")
    await page.fill("input", "there")
    await page.press("input", "Enter")
    await server.up()
    await waitFor(() => server.received("/ws").length === 1)
    expect(JSON.parse(server.received("/ws")[0] ?? "")).toMatchObject({ word: "there" })
    await shows(page, "open")
    expect(server.live("/ws")).toHaveLength(1)
  })

  test("uses the message format of htmx 2 on elements with the attributes of htmx 2", async ({
    server,
    page,
  }) => {
    server.webSocket(
      "/ws",
      echo(
        (text) => `<p id="out">got ${JSON.parse(text).word} by ${JSON.parse(text).HEADERS["HX-Trigger"]}</p>`,
      ),
    )
    const body = `<div ws-connect="/ws"><p id="out">nothing</p><form id="form" ws-send><input name="word"></form></div>`
    await page.goto(server.page("/", html({ htmx: "4", ws, body })))
    await waitFor(() => server.live("/ws").length === 1)
    await page.fill("input", "there")
    await page.press("input", "Enter")
    await page.getByText("got there by form").waitFor()
    await page.fill("input", "again")
    await page.press("input", "Enter")
    await page.getByText("got again by form").waitFor()
    expect(consoleOf(page)).toEqual([expect.stringContaining("ws-connect")])
  })

  test("closes the socket of an element that is removed, within a second", async ({ server, page }) => {
    await page.addInitScript(stopClock)
    await page.goto(server.page("/", html({ htmx: "4", ws, body: chat })))
    await waitFor(() => server.live("/ws").length === 1)
    await page.evaluate(() => {
      document.querySelector("main")?.remove()
      return window.clock.pass(1_000)
    })
    await waitFor(() => server.live("/ws").length === 0)
  })

  test("keeps its socket through a morph that changes its attributes", async ({ server, page }) => {
    await page.goto(server.page("/", html({ htmx: "4", ws, body: `<div id="home">${chat}</div>` })))
    await waitFor(() => server.live("/ws").length === 1)
    const text = chat.replace("<main", `<main hx-swap="beforeend" class="new"`)
    await page.evaluate(
      (text) =>
        (globalThis as unknown as { htmx: { swap(context: object): Promise<void> } }).htmx.swap({
          sourceElement: document.body,
          target: "#home",
          swap: "innerMorph",
          text,
        }),
      text,
    )
    await page.locator("main.new").waitFor()
    server.send("<b>still here</b>")
    await page.getByText("still here").waitFor()
    expect(server.visits).toHaveLength(1)
  })

  test("a final close code ends the connection, and another one does not", async ({ server, page }) => {
    server.webSocket("/ws", inTurn(closeAfter(0, 1012), closeAfter(0, 4000), accept()))
    await page.goto(server.page("/", html({ htmx: "4", ws, body: chat })))
    await waitFor(() => server.visits.length === 2 && server.visits[1]?.closed)
    await shows(page, "closed")
    const connection = await page.evaluate(
      () =>
        (document.querySelector("main") as unknown as { _htmx: { ws: { connection?: object } } })._htmx.ws
          .connection,
    )
    expect(connection).toBeUndefined()
  })

  test("defines no global name", async ({ server, page }) => {
    await page.goto(server.page("/", html({ htmx: "4", ws, body: "" })))
    const names = () =>
      page.evaluate(() =>
        // In Firefox, names are in the order in which they were first used.
        [
          ...Object.getOwnPropertyNames(globalThis),
          ...Object.getOwnPropertySymbols(globalThis).map(String),
        ].sort(),
      )
    const before = await names()
    await page.evaluate((body) => {
      document.body.innerHTML = body
      ;(globalThis as unknown as { htmx: { process(element: Element): void } }).htmx.process(document.body)
    }, chat)
    await shows(page, "open")
    await page.fill("input", "there")
    await page.press("input", "Enter")
    await waitFor(() => server.received("/ws").length === 1)
    expect(await names()).toEqual(before)
  })
})
