import { chromium, type Page } from "playwright-core"
import { test as base, inject } from "vitest"
import { TestServer } from "./server.ts"

export { expect } from "vitest"

const logs = new WeakMap<Page, Array<string>>()

/** What the page wrote to its console, and its uncaught errors, as `type: text`. */
export const consoleOf = (page: Page): ReadonlyArray<string> => logs.get(page) ?? []

const logged = (page: Page): Page => {
  const log: Array<string> = []
  logs.set(page, log)
  page.on("console", (message) => log.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => log.push(`uncaught: ${error.message}`))
  return page
}

/** `test` with a server and pages of its own, which end with it. */
export const test = base
  // One Chromium serves the whole run; each test file connects to it once.
  .extend("browser", { scope: "file" }, () => chromium.connect(inject("chromium")))
  .extend("server", async ({ onTestFinished }) => {
    const server = await TestServer.start()
    onTestFinished(() => server.close())
    return server
  })
  .extend("context", async ({ browser, onTestFinished }) => {
    // What moves has Chromium make frames, and Playwright wait until it stands still.
    const context = await browser.newContext({ reducedMotion: "reduce" })
    onTestFinished(() => context.close())
    return context
  })
  .extend(
    "newPage",
    ({ context }) =>
      async () =>
        logged(await context.newPage()),
  )
  .extend("page", ({ newPage }) => newPage())
