import playwright, { type Browser, type Page } from "playwright-core"
import { test as base, inject } from "vitest"
import { withInitScripts } from "../engines/webkit/initScripts.ts"
import { TestServer } from "./server.ts"

export { expect } from "vitest"

const logs = new WeakMap<Page, Array<string>>()

/** Returns the console messages and uncaught errors of the page, as `type: text`. */
export const consoleOf = (page: Page): ReadonlyArray<string> => logs.get(page) ?? []

const logged = (page: Page): Page => {
  const log: Array<string> = []
  logs.set(page, log)
  page.on("console", (message) => log.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => log.push(`uncaught: ${error.message}`))
  return page
}

/** Connects to the browser that serves the whole run. */
const connect = async (): Promise<Browser> => {
  const { engine, endpoint } = inject("browser")
  if (engine !== "webkit") return playwright[engine].connect(endpoint)
  const webkit = await import("../engines/webkit/Browser.ts")
  return webkit.connect(endpoint)
}

/** `test` with its own server and pages, which are closed after it. */
export const test = base
  // Each test file connects once.
  .extend("browser", { scope: "file" }, connect)
  .extend("engine", { scope: "file" }, () => inject("browser").engine)
  .extend("server", async ({ onTestFinished }) => {
    const server = await TestServer.start()
    if (inject("browser").engine === "webkit") server.documents = withInitScripts
    onTestFinished(() => server.close())
    return server
  })
  .extend("context", async ({ browser, onTestFinished }) => {
    // With animations, Chromium renders frames, and Playwright waits until they end.
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
