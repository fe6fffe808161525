/** One contestant in one page of its own, with a server of its own. */
import { readFile } from "node:fs/promises"
import { setTimeout as pause } from "node:timers/promises"
import { TestServer } from "../test/setup/server.ts"
import type { Browser } from "./Browser.ts"
import type { Session } from "./Cdp.ts"
import type { Contestant } from "./contestants.ts"
import { type Dialect, dialects, type HtmxVersion } from "./dialects.ts"
import { prepare } from "./inPage.ts"
import { type Cost, Meter } from "./Meter.ts"
import type { Page } from "./Page.ts"

export interface Play {
  readonly generation: HtmxVersion
  readonly contestant: Contestant
  /** Set in `htmx.config.ws`; the contestant's own settings override it. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly body: (dialect: Dialect) => string
  /** A function that runs in the page before the contestant's script. */
  readonly first?: () => void
  /** `false` if the workload itself adds the contestant's script. */
  readonly loaded?: boolean
  /** Called before the page is opened. */
  readonly server?: (server: TestServer) => void
}

const html = (
  { contestant, settings, body, first, loaded = true }: Play,
  dialect: Dialect,
) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>benchmark</title>
<link rel="icon" href="data:,">
<meta name="htmx-config" content='${JSON.stringify({ ws: { ...settings, ...contestant.settings } })}'>
<script>(${prepare})()</script>
${first === undefined ? "" : `<script>(${first})()</script>`}
${contestant.needsHtmx ? `<script src="${dialect.htmx}"></script>` : ""}
${loaded ? '<script src="/contestant.js"></script>' : ""}
</head>
<body hx-ext="ws">
${body(dialect)}
</body>
</html>`

const codeOf = ({ script }: Contestant) => ("code" in script ? script.code : readFile(script.file, "utf8"))

export class Stage {
  readonly page: Page
  readonly server: TestServer
  readonly dialect: Dialect
  readonly #meter: Meter

  /** Runs `perform`, which fails after `limit` milliseconds. */
  static async with<T>(
    browser: Browser,
    play: Play,
    limit: number,
    perform: (stage: Stage) => Promise<T>,
    meterOn: (session: Session) => Promise<Meter> = Meter.on,
  ): Promise<T> {
    const server = await TestServer.start()
    const page = await browser.newPage()
    let tooLate: Promise<void> | undefined
    const timer = setTimeout(() => {
      tooLate = page.close()
    }, limit)
    try {
      const dialect = dialects[play.generation]
      const code = await codeOf(play.contestant)
      server.route("/contestant.js", (_request, response) => {
        response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(code)
      })
      play.server?.(server)
      const stage = new Stage(page, server, dialect, await meterOn(page.session))
      await page.goto(server.page("/", html(play, dialect)))
      return await perform(stage)
    } catch (cause) {
      throw tooLate !== undefined ? new Error(`not done after ${limit / 1000} s`, { cause }) : cause
    } finally {
      clearTimeout(timer)
      await (tooLate ?? page.close())
      await server.close()
    }
  }

  private constructor(page: Page, server: TestServer, dialect: Dialect, meter: Meter) {
    this.page = page
    this.server = server
    this.dialect = dialect
    this.#meter = meter
  }

  /** Waits for a condition on the server. Fails if the page is closed meanwhile. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.page.session.isOver) throw new Error("the page is closed")
      await pause(1)
    }
  }

  /** Waits until `count` connections have opened in the page, counted from its start. */
  opened(count: number): Promise<void> {
    return this.page.evaluate((count) => window.bench.opened(count), count)
  }

  /** Waits about one frame, for work that the page has deferred. */
  settle(): Promise<void> {
    return this.page.evaluate(() => new Promise<void>((resolve) => setTimeout(resolve, 20)))
  }

  measure(work: () => Promise<unknown>): Promise<Cost> {
    return this.#meter.measure(work, () => this.settle())
  }

  heap() {
    return this.#meter.heap()
  }

  /** Returns the text of each element that matches. */
  texts(selector: string): Promise<Array<string>> {
    return this.page.evaluate(
      (selector) => Array.from(document.querySelectorAll(selector), ({ textContent }) => textContent ?? ""),
      selector,
    )
  }

  /** Waits until `count` frames have been applied, counted from the start of the page. */
  applied(count: number): Promise<void> {
    return this.page.evaluate((count) => window.bench.applied(count), count)
  }

  /** Returns the numbers of the received messages, in order. */
  received(path: string): Array<number> {
    return this.server.received(path).map((text) => Number(JSON.parse(text).n))
  }
}
