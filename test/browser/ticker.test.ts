/** The ticker of the demo: a page whose program is the typed client. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { describe } from "vitest"
import * as Demo from "../../demo/Demo.ts"
import { test as base, consoleOf, expect } from "../setup/browser.ts"

const test = base.extend("url", async ({ onTestFinished }) => {
  const scope = Scope.makeUnsafe()
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const options = { port: 0, outage: "1 second", tick: "50 millis" } as const
  const { url } = await Effect.runPromise(Demo.start(options).pipe(Scope.provide(scope)))
  return url
})

describe("the ticker", () => {
  test("shows the market, tells when it is away, and goes on when it is back", async ({ page, url }) => {
    await page.goto(url)
    await page.getByRole("link", { name: "The market alone" }).click()
    await page.locator("#state[data-ws-state=open]").waitFor()
    expect(await page.locator("#quotes .name").allTextContents()).toEqual([
      "Arabica",
      "Robusta",
      "Assam",
      "Matcha",
    ])
    await page.locator(".quote:is(.up, .down)").first().waitFor()

    await page.getByRole("button", { name: /Drop everybody/ }).click()
    await page.locator("#state[data-ws-state=reconnecting]").waitFor()
    await page.locator("#retry").getByText("attempt 1").waitFor()
    await page.locator("#state[data-ws-state=open]").waitFor()
    await page.evaluate(() => {
      for (const quote of document.querySelectorAll(".quote")) quote.classList.add("old")
    })
    await page.locator(".quote:not(.old)").first().waitFor()
    expect(consoleOf(page).filter((line) => !/WebSocket connection/.test(line))).toEqual([])
    expect(await page.evaluate(() => "htmx" in window)).toBe(false)
  })
})
