/** A page in a browser context of its own, and so in a process of its own: contexts share none. */
import type { Cdp, Session } from "./Cdp.ts"

export class Page {
  /** Only what is needed may be enabled here: what a domain watches, it makes slower. */
  readonly session: Session
  /** Errors and warnings of the console and of the browser, and what was thrown and not caught. */
  readonly complaints: Array<string> = []
  readonly #close: () => Promise<unknown>

  static async open(cdp: Cdp): Promise<Page> {
    const { browserContextId } = await cdp.browser.send("Target.createBrowserContext")
    const url = "about:blank"
    const { targetId } = await cdp.browser.send("Target.createTarget", { url, browserContextId })
    const { sessionId } = await cdp.browser.send("Target.attachToTarget", { targetId, flatten: true })
    const page = new Page(cdp.page(sessionId), () =>
      cdp.browser.send("Target.disposeBrowserContext", { browserContextId }),
    )
    await page.session.send("Runtime.enable")
    await page.session.send("Log.enable")
    return page
  }

  private constructor(session: Session, close: () => Promise<unknown>) {
    this.session = session
    this.#close = close
    session.on("Runtime.consoleAPICalled", ({ args, type }) => {
      if (/error|warning/.test(type))
        this.complaints.push(args.map(({ description, value }) => description ?? String(value)).join(" "))
    })
    session.on("Runtime.exceptionThrown", ({ exceptionDetails: { exception, text } }) => {
      this.complaints.push(exception?.description ?? text)
    })
    session.on("Log.entryAdded", ({ entry: { level, text } }) => {
      if (/error|warning/.test(level)) this.complaints.push(text)
    })
  }

  /** Until the page has loaded. */
  async goto(url: string): Promise<void> {
    const committed = new Promise<void>((resolve) => {
      this.session.on("Page.frameNavigated", ({ frame }) => {
        if (frame.url === url) resolve()
      })
    })
    await this.session.send("Page.enable")
    await this.session.send("Page.navigate", { url })
    await committed
    await this.session.send("Page.disable")
    await this.evaluate(async () => {
      if (document.readyState !== "complete")
        await new Promise((resolve) => addEventListener("load", resolve))
    })
  }

  /** What `work` comes to in the page. It goes there as text, and uses nothing outside of itself. */
  async evaluate<Args extends ReadonlyArray<unknown>, Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const { exceptionDetails, result } = await this.session.send("Runtime.evaluate", {
      expression: `(${work})(...${JSON.stringify(args)})`,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** Ends whatever waits for the page. */
  async close(): Promise<void> {
    if (!this.session.isOver) await this.#close()
  }
}
