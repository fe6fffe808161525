import type { Browser, BrowserContext, Page } from "playwright-core"
import { type Extension, type HtmxVersion, html } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"
import { addRun, type Clients, type Seen, type Target } from "./Clients.ts"
import { watch } from "./inPage.ts"

/** Connections of elements of one page in Chromium. */
export class PageClients implements Clients {
  readonly name: string
  readonly page: Page
  readonly #htmx: HtmxVersion
  readonly #ws: Extension
  readonly #context: BrowserContext
  readonly #server: TestServer
  readonly #uncaught: Array<string> = []

  /** `script` runs before those of the page. */
  static async make(
    browser: Browser,
    htmx: HtmxVersion,
    { script = "", ws = "min" }: { readonly script?: string; readonly ws?: Extension } = {},
  ): Promise<PageClients> {
    const context = await browser.newContext({ reducedMotion: "reduce" })
    await context.addInitScript(`${script};(${watch})(${addRun})`)
    return new PageClients(htmx, ws, context, await context.newPage(), await TestServer.start())
  }

  private constructor(
    htmx: HtmxVersion,
    ws: Extension,
    context: BrowserContext,
    page: Page,
    server: TestServer,
  ) {
    this.name = `htmx ${htmx}`
    this.#htmx = htmx
    this.#ws = ws
    this.#context = context
    this.page = page
    this.#server = server
    page.on("pageerror", (error) => this.#uncaught.push(error.message))
  }

  async open(targets: ReadonlyArray<Target>): Promise<void> {
    const body = targets.map((target) => this.#element(target)).join("\n")
    const page = html({ htmx: this.#htmx, ws: this.#ws, body })
    await this.page.goto(this.#server.page("/", page), { timeout: 15_000 })
  }

  send(message: string, paths: ReadonlyArray<string>): Promise<void> {
    const forms = paths.map((path) => `[data-path="${path}"] form`)
    return this.page.evaluate(
      ([message, forms]) => {
        for (const selector of forms) {
          const form = document.querySelector<HTMLFormElement>(selector)
          const input = form?.elements.namedItem("m") as HTMLInputElement
          input.value = message
          form?.requestSubmit()
        }
      },
      [message, forms] as const,
    )
  }

  seen(): Promise<Record<string, Seen>> {
    return this.page.evaluate(() => window.faults.seen())
  }

  reconnect(paths: ReadonlyArray<string>): Promise<void> {
    return this.page.evaluate((paths) => {
      for (const path of paths) window.faults.reconnect(path)
    }, paths)
  }

  frame(path: string): string {
    const id = idOf(path)
    return this.#htmx === "4"
      ? JSON.stringify({ content: "applied", target: `#${id}`, swap: "innerHTML" })
      : `<p id="${id}">applied</p>`
  }

  async isApplied(path: string): Promise<boolean> {
    return (await this.page.locator(`#${idOf(path)}`).textContent()) === "applied"
  }

  async remove(): Promise<number> {
    await this.page.evaluate(() => {
      for (const element of document.querySelectorAll("[data-path]")) element.remove()
    })
    const timers = () => this.page.evaluate(() => window.faults.timers())
    await waitFor(async () => (await timers()) === 0, 5_000, { every: 50 }).catch(() => {})
    return timers()
  }

  uncaught(): ReadonlyArray<string> {
    return this.#uncaught
  }

  async close(): Promise<void> {
    await this.#context.close()
    await this.#server.close()
  }

  #element({ fault, path, settings, url }: Target): string {
    const all = { ...settings, ...(fault?.protocols && { protocols: fault.protocols }) }
    const [connect, send, status, config] =
      this.#htmx === "4"
        ? [
            "hx-ws:connect",
            "hx-ws:send",
            "hx-ws:status",
            `hx-config='${JSON.stringify({ ws: all })}' hx-swap="none"`,
          ]
        : ["ws-connect", "ws-send", "ws-status", `ws-config='${JSON.stringify(all)}'`]
    return `<div data-path="${path}" ${connect}="${url.replaceAll("&", "&amp;")}" ${config}>
<i ${status}></i><p id="${idOf(path)}"></p><form ${send}><input name="m"></form>
</div>`
  }
}

const idOf = (path: string): string => `out${path.replaceAll("/", "-")}`
