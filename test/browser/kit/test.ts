import type { Browser, BrowserContext, Page } from "playwright-core"
import { test as base } from "../../setup/browser.ts"
import type { Extension, HtmxVersion } from "../../setup/pages.ts"
import { record } from "./recorder.ts"
import { Stage } from "./Stage.ts"

export { expect } from "../../setup/browser.ts"

/** Tabs of one window, used again by one test after the other: to open one takes longer than most tests. */
class Tabs {
  readonly #context: BrowserContext
  readonly #free: Array<Page> = []

  static async open(browser: Browser): Promise<Tabs> {
    const context = await browser.newContext()
    await context.addInitScript(record)
    return new Tabs(context)
  }

  private constructor(context: BrowserContext) {
    this.#context = context
  }

  async take(): Promise<Page> {
    return this.#free.pop() ?? (await this.#context.newPage())
  }

  async giveBack(page: Page): Promise<void> {
    page.removeAllListeners()
    await page.goto("about:blank")
    this.#free.push(page)
  }

  close(): Promise<void> {
    return this.#context.close()
  }
}

/** `test` with a page that others have used before; each test gets it blank. */
export const test = base
  .extend("tabs", { scope: "file" }, async ({ browser }, { onCleanup }) => {
    const tabs = await Tabs.open(browser)
    onCleanup(() => tabs.close())
    return tabs
  })
  .extend("tab", async ({ tabs }, { onCleanup }) => {
    const tab = await tabs.take()
    onCleanup(() => tabs.giveBack(tab))
    return tab
  })

type Scenario = (stage: Stage) => Promise<void>

/** A test of ours on both generations of htmx, concurrent with others. */
export const onBoth = (title: string, scenario: Scenario): void => {
  for (const htmx of ["1.9", "2"] as const) on(htmx, title, scenario)
}

/** A test of ours on one generation of htmx, concurrent with others. */
export const on = (htmx: HtmxVersion, title: string, scenario: Scenario, ws: Extension = "ours"): void => {
  test.concurrent(`${title} (htmx ${htmx}${ws === "ours" ? "" : `, ${ws}`})`, ({ server, tab }) =>
    scenario(new Stage(tab, server, htmx, ws)))
}
