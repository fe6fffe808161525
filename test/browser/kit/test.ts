import type { Browser, BrowserContext, Page } from "playwright-core"
import { test as base } from "../../setup/browser.ts"
import type { Extension, HtmxVersion } from "../../setup/pages.ts"
import { record } from "./recorder.ts"
import { Stage } from "./Stage.ts"

export { expect } from "../../setup/browser.ts"

/** Tabs that tests reuse, since opening one takes longer than most tests. */
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

/** `test` with a reused page, which is blank at the start. */
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

/** Defines a test of our script on htmx 1.9 and 2, concurrent with others. */
export const onBoth = (title: string, scenario: Scenario): void => {
  for (const htmx of ["1.9", "2"] as const) on(htmx, title, scenario)
}

/** Defines a test of our scripts on each generation of htmx, concurrent with others. */
export const onEach = (title: string, scenario: Scenario): void => {
  for (const htmx of ["1.9", "2", "4"] as const) on(htmx, title, scenario)
}

/** Defines a test of our script on one generation of htmx, concurrent with others. */
export const on = (htmx: HtmxVersion, title: string, scenario: Scenario, ws: Extension = "ours"): void => {
  test.concurrent(`${title} (htmx ${htmx}${ws === "ours" ? "" : `, ${ws}`})`, ({ server, tab }) =>
    scenario(new Stage(tab, server, htmx, ws)))
}
