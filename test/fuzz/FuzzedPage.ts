/** A page in jsdom with everything that we have on it, and the questions whether it has survived. */
import { setImmediate } from "node:timers/promises"
import { interceptRequests } from "../companions/requests.ts"
import { openPage } from "../htmx/kit/openPage.ts"
import { openPage4 } from "../htmx/kit/openPage4.ts"
import type { HtmxVersion } from "../setup/pages.ts"

export const versions: ReadonlyArray<HtmxVersion> = ["1.9", "2", "4"]

/** No sentence is longer: what it quotes is cut. */
const longest = 1_100
/** What jsdom says of its own limits. */
const ofJsdom = /^uncaught: (?:Not implemented|Could not (?:parse CSS|load))/
/** How long the processor may work for a page, in milliseconds. How long a page takes depends on what else the machine does. */
const patience = 5_000

const companions = ["delivery", "doctor", "inspector", "keep", "resume", "signals"]
const scripts = companions.map((name) => `/dist/ws-${name}.js`)

export interface Options {
  /** The element that connects, `ROOM` in its place for the attributes that it needs. */
  readonly body: string
  /** `htmx.config.ws`. */
  readonly config?: unknown
  /** Runs when htmx is there, before the extension is. */
  readonly before?: (window: Window) => void
}

type Window = Parameters<NonNullable<NonNullable<Parameters<typeof openPage4>[0]>["before"]>>[0]

export class FuzzedPage implements Disposable {
  readonly page: Awaited<ReturnType<typeof openPage>> | Awaited<ReturnType<typeof openPage4>>
  readonly #htmx: HtmxVersion
  readonly #prototypes: string
  readonly #rejections: Array<string> = []
  readonly #before = process.cpuUsage()
  readonly #requests: ReturnType<typeof interceptRequests>
  #answered = 0
  #probes = 0

  static async open(htmx: HtmxVersion, { before, config = {}, ...options }: Options): Promise<FuzzedPage> {
    const prepare = (window: Window): void => {
      Object.assign(window.htmx.config, { ws: config })
      before?.(window)
    }
    const page =
      htmx === "4"
        ? await openPage4({ ...options, scripts, before: prepare })
        : await openPage({ ...options, scripts, before: prepare as never, htmx })
    return new FuzzedPage(htmx, page)
  }

  constructor(htmx: HtmxVersion, page: FuzzedPage["page"]) {
    this.#htmx = htmx
    this.page = page
    this.#requests = interceptRequests(page)
    this.#prototypes = this.#readPrototypes()
    process.on("unhandledRejection", this.#reject)
  }

  readonly #reject = (reason: unknown): void => void this.#rejections.push(String(reason))

  #readPrototypes(): string {
    const { window } = this.page
    return [window.Object, window.Array, window.Function, Object, Array]
      .map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join())
      .join("\n")
  }

  /** Lets everything happen that takes no time, and ends the requests from before: two fail, one has a response. */
  async settle(): Promise<void> {
    for (const request of this.#requests.slice(this.#answered)) {
      const answered = ++this.#answered
      if (answered % 3 === 0) await request.answer("<p>answered</p>", { "HX-Last-ID": "7" })
      else await request.fail()
    }
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    await setImmediate()
    await setImmediate()
  }

  /** Opens the last socket, if it still connects. */
  async connect(): Promise<void> {
    const socket = this.page.sockets.at(-1)
    if (socket?.readyState === 0) socket.open()
    await this.settle()
  }

  async receive(frame: unknown): Promise<void> {
    const live = this.page.sockets.filter(({ readyState }) => readyState === 1)
    for (const socket of live.slice(0, 2)) socket.message(frame)
    await this.settle()
  }

  /** Throws unless the page goes on, and has said what was wrong in sentences. */
  async verify(expected: RegExp = /^$/): Promise<void> {
    const { page } = this
    // What retries, does so; what waits for a time, has it.
    page.clock.advance(2_000)
    await this.settle()
    await this.#verifyFrames()
    const problems = [
      ...page.console.filter(
        (line) => line.startsWith("uncaught") && !ofJsdom.test(line) && !expected.test(line),
      ),
      ...this.#rejections.map((reason) => `unhandled: ${reason}`),
      ...page.console
        .filter((line) => line.length > longest && /htmx: \[(?:hx-)?ws|htmx:ws/.test(line))
        .map((line) => `too long: ${line.slice(0, 200)}`),
      ...(this.#readPrototypes() === this.#prototypes ? [] : ["a prototype has changed"]),
    ]
    const { system, user } = process.cpuUsage(this.#before)
    const took = (system + user) / 1000
    if (took > patience) problems.push(`it took ${Math.round(took)} ms`)
    if (problems.length > 0) throw new Error(problems.join("\n"))
  }

  /** A connection that is there shows the next good frame, and a new one connects. */
  async #verifyFrames(): Promise<void> {
    const { page } = this
    const { document } = page
    if (!document.body) return
    const probe = async (connect: Element | null): Promise<void> => {
      document.querySelector("[data-probe]")?.remove()
      const target = document.createElement("p")
      const id = `probe-${++this.#probes}`
      target.setAttribute("id", id)
      target.setAttribute("data-probe", "")
      document.body.append(target)
      const isOld = !connect?.hasAttribute("hx-ws:connect")
      const html = `<p id="${id}" data-probe>shown</p>`
      await this.receive(
        isOld ? html : JSON.stringify({ content: html, target: `#${id}`, swap: "outerHTML" }),
      )
      const shown = document.getElementById(id)?.textContent
      if (shown !== "shown")
        throw new Error(`the next frame shows ${shown}\n${page.console.join("\n").slice(0, 2_000)}`)
    }
    const room = document.querySelector("[data-room]")
    const live = page.sockets.filter(({ readyState }) => readyState === 1)
    if (room !== null && live.length > 0) await probe(room)
    else {
      const added = page.add(
        `<div ws-connect="/again" ${this.#htmx === "4" ? "" : `hx-ext="ws"`} data-again></div>`,
      )
      await this.connect()
      await probe(added)
    }
  }

  [Symbol.dispose](): void {
    this.page[Symbol.dispose]()
    // Node looks for them when a turn is over.
    setTimeout(() => process.off("unhandledRejection", this.#reject), 100).unref()
  }
}
