/** Tries the built site in Chromium, and takes pictures of it. */
import { strict as assert } from "node:assert"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"

const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } }
const pictured = ["", "getting-started", "settings", "recipes", "architecture", "schedules", "playground"]

/** What a page says on the console, and what nobody caught. */
const listen = (page: Page): Array<string> => {
  const said: Array<string> = []
  page.on("console", (message) => /error|warning/.test(message.type()) && said.push(message.text()))
  page.on("pageerror", (error) => said.push(String(error)))
  return said
}

/** Uses the playground as a visitor would: each example on each htmx, and the network. */
export const tryPlayground = async (browser: Browser, url: string): Promise<void> => {
  const page = await browser.newPage({ viewport: sizes.desk })
  // The console is the visitor's: what the network breaks is said there.
  const uncaught: Array<string> = []
  page.on("pageerror", (error) => uncaught.push(String(error)))
  const requests: Array<string> = []
  page.on("request", (request) => requests.push(request.url()))
  await page.goto(`${url}playground`)
  const visitor = page.frameLocator(".stage iframe")
  const log = page.locator(".log")
  const state = async (expected: string) =>
    visitor.locator(`[ws-status][data-ws-state="${expected}"]`).waitFor({ timeout: 20_000 })
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click()
  const choose = (label: string, option: string) => page.getByLabel(label).selectOption(option)
  /** Does something, and waits until the page tries again because of it. */
  const breaks = async (act: () => Promise<void>) => {
    const retries = log.getByText("tries again")
    const before = await retries.count()
    await act()
    await retries.nth(before).waitFor({ timeout: 20_000 })
  }

  for (const htmx of ["2", "4"]) {
    await choose("htmx", htmx)
    await choose("Example", "Chat")
    await state("open")
    await visitor.getByRole("button", { name: "Say" }).click()
    await visitor.locator("#log li", { hasText: "Hello" }).waitFor()
    // A frozen network: only the heartbeat finds out.
    await breaks(() => press("Freeze"))
    await breaks(() => press("Refuse"))
    await press("Fine")
    await state("open")

    await choose("Example", "Nothing missed")
    await visitor.locator("#log li").nth(2).waitFor()
    await breaks(() => press("Drop it"))
    await state("open")
    await visitor.locator("#log li").nth(8).waitFor()
    const numbers = await visitor.locator("#log li").allTextContents()
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => String(at + 1)),
    )

    await choose("Example", "100 messages a second")
    await state("open")
    await visitor.locator("#HTMX", { hasText: /\d/ }).waitFor()

    await choose("Example", "What became of it")
    await state("open")
    for (const ending of ["acked", "acked", "unknown"]) {
      await visitor.locator("[name=text]").fill("Hello")
      await visitor.getByRole("button", { name: "Say", exact: true }).click()
      await visitor.locator(`[data-ws-delivery=${ending}]`).waitFor({ timeout: 10_000 })
    }
  }
  assert.deepEqual(uncaught, [])
  assert.deepEqual(
    requests.filter((request) => !request.startsWith(url) && !request.startsWith("blob:")),
    [],
  )
  await page.close()
}

/** Loads every page, and fails if one says something on the console, or is wider than a phone. */
export const tryPages = async (
  browser: Browser,
  url: string,
  paths: ReadonlyArray<string>,
): Promise<void> => {
  const page = await browser.newPage({ viewport: sizes.phone })
  const said = listen(page)
  for (const path of paths) {
    await page.goto(`${url}${path}`)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width > sizes.phone.width) said.push(`${path} is ${width} px wide on a phone`)
  }
  assert.deepEqual(said, [])
  await page.close()
}

/** Takes pictures of some pages, on a phone and on a desk, light and dark. */
export const picture = async (browser: Browser, url: string, folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  for (const [size, viewport] of Object.entries(sizes))
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport, colorScheme })
      for (const path of pictured) {
        await page.goto(`${url}${path}`, { waitUntil: "networkidle" })
        if (path === "playground") await page.locator(".log li").nth(3).waitFor()
        await page.screenshot({ path: join(folder, `${path || "front"}-${size}-${colorScheme}.png`) })
      }
      await page.close()
    }
}
