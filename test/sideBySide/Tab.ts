import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core"
import { stopTime } from "./inPage/clock.ts"
import { type Recorded, record } from "./inPage/recorder.ts"

/** A tab that reports what its pages do, and is reused by later cases. */
export class Tab {
  readonly #page: Page
  readonly #session: CDPSession
  #reported: Array<string | Recorded> = []
  #start = ""

  static async open(context: BrowserContext): Promise<Tab> {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    const tab = new Tab(page, session)
    session.on("Runtime.bindingCalled", ({ payload }) => tab.#reported.push(JSON.parse(payload)))
    await session.send("Runtime.enable")
    await session.send("Runtime.addBinding", { name: "report" })
    return tab
  }

  private constructor(page: Page, session: CDPSession) {
    this.#page = page
    this.#session = session
  }

  /** Opens the first page of a case, and discards earlier reports. */
  async start(url: string): Promise<void> {
    await this.goto(url)
    this.#start = `page ${url}`
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url, { waitUntil: "commit" })
  }

  async back(): Promise<void> {
    await this.#page.goBack({ waitUntil: "commit" })
  }

  /** Returns the value of an expression in the page, or the result of its promise. */
  async evaluate<A>(expression: string): Promise<A> {
    const { exceptionDetails, result } = await this.#session.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      replMode: false,
    })
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    }
    return result.value as A
  }

  /** Returns what the pages of the case have reported, and the final state of the last one. */
  async trace(): Promise<Array<string | Recorded>> {
    const looks = await this.evaluate<Array<string>>("looks()")
    const trace = this.#reported.slice(this.#reported.lastIndexOf(this.#start) + 1)
    this.#reported = []
    return [...trace, ...looks]
  }
}

/** A pool of tabs, since opening one takes longer than most cases. */
export class Tabs {
  readonly #context: BrowserContext
  readonly #free: Array<Tab> = []

  static async open(browser: Browser): Promise<Tabs> {
    const context = await browser.newContext()
    await context.addInitScript(stopTime)
    await context.addInitScript(record)
    return new Tabs(context)
  }

  private constructor(context: BrowserContext) {
    this.#context = context
  }

  /** Provides a tab. A tab whose case failed halfway is not reused. */
  async with<A>(use: (tab: Tab) => Promise<A>): Promise<A> {
    const tab = this.#free.pop() ?? (await Tab.open(this.#context))
    const result = await use(tab)
    this.#free.push(tab)
    return result
  }

  close(): Promise<void> {
    return this.#context.close()
  }
}
