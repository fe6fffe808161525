/** Tests the ticker of the demo, a page that uses the typed client. */
import { describe } from "vitest"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { openDemo } from "../setup/demo.ts"

describe("the ticker", () => {
  test("shows the market, reports an outage, and continues after it", async ({ onTestFinished, page }) => {
    const demo = await openDemo()
    onTestFinished(demo.close)
    await page.goto(demo.url)
    await page.getByRole("link", { name: "The market alone" }).click()
    await page.locator("#state[data-ws-state=open]").waitFor()
    expect(await page.locator("#quotes .name").allTextContents()).toEqual([
      "Arabica",
      "Robusta",
      "Assam",
      "Matcha",
    ])
    await demo.trade(5)
    await page.locator(".quote:is(.up, .down)").first().waitFor()

    await page.getByRole("button", { name: /Drop everybody/ }).click()
    await page.locator("#state[data-ws-state=reconnecting]").waitFor()
    await page
      .locator("#retry")
      .getByText(/attempt \d/)
      .waitFor()
    await demo.recover()
    await page.locator("#state[data-ws-state=open]").waitFor()
    await page.evaluate(() => {
      for (const quote of document.querySelectorAll(".quote")) quote.classList.add("old")
    })
    await demo.trade(1)
    await page.locator(".quote:not(.old)").first().waitFor()
    expect(consoleOf(page).filter((line) => !/WebSocket connection/.test(line))).toEqual([])
    expect(await page.evaluate(() => "htmx" in window)).toBe(false)
  })
})
