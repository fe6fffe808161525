import type { Page } from "playwright-core"
import { type Extension, type HtmxVersion, html } from "../../setup/pages.ts"
import type { Headers, TestServer } from "../../setup/server.ts"
import type { Visit } from "../../setup/Visit.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { stopClock } from "./clock.ts"
import type { Recorded } from "./recorder.ts"

export interface Scenery {
  /** `htmx.config`, as JSON in a `<meta>`. */
  readonly config?: { readonly ws?: Record<string, unknown>; readonly [key: string]: unknown }
  /** The constant delay before a retry; `undefined` keeps htmx's default. @default 100 ms */
  readonly delay?: number | undefined
  /** Whether the clock of the page is stopped, and advanced only by `pass`. */
  readonly clock?: boolean
  /** JavaScript before all other scripts. */
  readonly first?: string
  /** JavaScript after the extension's script. */
  readonly script?: string
  /** Additional HTML for the head. */
  readonly head?: string
  readonly headers?: Headers
  /** The path of the page. */
  readonly path?: string
}

const unlessItNavigates = (error: Error): undefined => {
  if (!/context was destroyed|navigat/.test(error.message)) throw error
}

/** A page with an extension, and its server. */
export class Stage {
  readonly page: Page
  readonly server: TestServer
  readonly htmx: HtmxVersion
  readonly ws: Extension
  /** How long to wait for a condition, in milliseconds. */
  readonly patience: number
  readonly #console: Array<string> = []

  constructor(page: Page, server: TestServer, htmx: HtmxVersion, ws: Extension, patience = 5_000) {
    this.page = page
    this.server = server
    this.htmx = htmx
    this.ws = ws
    this.patience = patience
    page.setDefaultTimeout(patience)
    page.on("console", (message) => this.#console.push(`${message.type()}: ${message.text()}`))
    page.on("pageerror", (error) => this.#console.push(`uncaught: ${error.message}`))
  }

  /** Opens a page with this body, and returns when all of it has been processed. */
  async open(body: string, scenery: Scenery = {}): Promise<void> {
    // Loading a page may take longer than the limit for one event.
    await this.page.goto(this.serve(body, scenery), { timeout: 15_000 })
  }

  /** Puts a page with this body on the server, and returns its URL. */
  serve(body: string, scenery: Scenery = {}): string {
    const { config, delay = "delay" in scenery ? undefined : 100, headers, path = "/", script = "" } = scenery
    const first = [scenery.clock ? `(${stopClock})()` : "", scenery.first ?? ""]
      .filter((code) => code !== "")
      .map((code) => `<script>${code}</script>`)
      .join("")
    const waits = delay === undefined ? "" : `htmx.config.wsReconnectDelay = () => ${delay};`
    const scripts = waits + script === "" ? "" : `<script>${waits}${script}</script>`
    const head = scripts + (scenery.head ?? "")
    const page = html({ htmx: this.htmx, ws: this.ws, config, head, body }).replace(
      "<head>",
      `<head>${first}`,
    )
    return this.server.page(path, page, headers)
  }

  until<A>(condition: () => A | Promise<A>): Promise<NonNullable<A>> {
    return waitFor(condition, this.patience)
  }

  /** Waits until a condition holds in the page. */
  async when<A>(condition: (arg: A) => unknown, arg: A): Promise<void>
  async when(condition: () => unknown): Promise<void>
  async when(condition: (arg: never) => unknown, arg?: unknown): Promise<void> {
    // Polls from here: Playwright's own polling needs timers of the page, which may be stopped.
    const holds = () =>
      this.page.evaluate(condition as (arg: unknown) => unknown, arg).catch(unlessItNavigates)
    await waitFor(holds, this.patience, { every: 20, shown: condition })
  }

  /** Advances the stopped clock of the page by this many milliseconds, and runs everything that is due. */
  pass(millis: number): Promise<void> {
    return this.page.evaluate((millis) => window.clock.pass(millis), millis)
  }

  /** Advances the clock to the next timer due within the given time. Returns the rest, or `null` if none is due. */
  passToNext(millis: number): Promise<number | null> {
    return this.page.evaluate((millis) => window.clock.passToNext(millis), millis)
  }

  /** Waits until the server has this many open sockets. */
  async live(path = "/ws", count = 1): Promise<Visit> {
    await this.until(() => this.server.live(path).length === count)
    return this.server.live(path).at(-1) as Visit
  }

  /** Returns the events so far: all, or those of one name. */
  async events(name?: string): Promise<Array<Recorded>> {
    const events = await this.page.evaluate(() => window.events)
    return name === undefined ? events : events.filter((event) => event.name === name)
  }

  /** Returns the connection events so far, as `name #id`. */
  async lives(): Promise<Array<string>> {
    const names = /^ws(ConfigConnect|Connecting|Open|Close|Error|Reconnecting|Failed)$/
    return (await this.events()).filter(({ name }) => names.test(name)).map(({ name, on }) => `${name} ${on}`)
  }

  /** Waits for this many events of one name. */
  async eventsOf(name: string, count = 1): Promise<Array<Recorded>> {
    await this.when(([name, count]) => window.events.filter((event) => event.name === name).length >= count, [
      name,
      count,
    ] as const)
    return this.events(name)
  }

  /** Returns how many WebSockets the page has made, to this path or in total. */
  dials(path = ""): Promise<number> {
    return this.page.evaluate(
      (path) => window.sockets.filter(({ url }) => new URL(url).pathname.startsWith(path)).length,
      path,
    )
  }

  /** Returns how many WebSockets of the page are connecting or open. */
  dialled(): Promise<number> {
    return this.page.evaluate(() => window.sockets.filter(({ readyState }) => readyState < 2).length)
  }

  /** Submits a form by script, even if it is not visible. */
  submit(selector = "form"): Promise<void> {
    return this.page.locator(selector).evaluate((form: HTMLFormElement) => form.requestSubmit())
  }

  /** Removes an element by htmx, with the response to a request. */
  async swapOut(selector: string, answer = `<p id="swapped">swapped</p>`): Promise<void> {
    this.server.page("/swapped", answer)
    await this.page.evaluate(
      (target) => window.htmx.ajax("GET", "/swapped", { target, swap: "outerHTML" }),
      selector,
    )
    await this.when((selector) => document.querySelector(selector) === null, selector)
  }

  /** Returns the received JSON bodies, in order, without their headers. */
  bodies(path = "/ws"): Array<Record<string, unknown>> {
    return this.server.received(path).map((text) => {
      const { HEADERS, ...body } = JSON.parse(text)
      return body
    })
  }

  /** Returns the lines of the console, without those that browsers write about failed connections. */
  get console(): ReadonlyArray<string> {
    const byBrowser =
      /WebSocket connection to '.*' failed|establish a connection to the server at ws|^uncaught: The (connection to ws.* was interrupted|page.s settings blocked)/
    return this.#console.filter((line) => !byBrowser.test(line))
  }
}
