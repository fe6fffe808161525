/** A page in a browser context of its own. Contexts share no process, so that it has its own process, too. */
import type { Cdp, Session } from "./Cdp.ts"

export class Page {
  /** Enables only the DevTools domains that are needed: each slows down what it watches. */
  readonly session: Session
  /** Errors and warnings of the console and the browser, and uncaught exceptions. */
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

  /** Waits until the page has loaded. */
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

  /** Runs `work` in the page and returns its result. It is sent as text, so it must not refer to anything outside. */
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

  /** Closes the page, and fails whatever waits for it. */
  async close(): Promise<void> {
    if (!this.session.isOver) await this.#close()
  }
}
