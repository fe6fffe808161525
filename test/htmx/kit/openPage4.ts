import { type DOMWindow, JSDOM, VirtualConsole } from "jsdom"
import type { Queued, WsConnection } from "../../../src/htmx/v4/extension.ts"
import { type Extension, generations } from "../../setup/pages.ts"
import { Clock } from "./Clock.ts"
import { FakeSocket } from "./FakeSocket.ts"
import { scriptOf } from "./scriptOf.ts"

/** What tests use of htmx. */
export interface Htmx {
  readonly config: Record<string, unknown>
  process(root: Element | ShadowRoot, force?: boolean): void
  trigger(element: Element, name: string, detail?: object): boolean
  swap(context: object): Promise<void>
  registerExtension(name: string, extension: object): unknown
}

export type Window = DOMWindow & Omit<typeof globalThis, "htmx"> & { htmx: Htmx }

export type Detail = Record<string, unknown> & {
  readonly connection: WsConnection
  readonly message: Queued["message"] & { text(): Promise<string>; json(): Promise<unknown> }
  cancelled: boolean
  waitUntil(promise: unknown): void
}

/** An event of the extension, as it was when it was sent; `name` is without `htmx:ws:`. */
export interface Recorded {
  readonly name: string
  readonly on: Node
  readonly detail: Detail
}

export interface Options {
  /** Ours where it is not said. */
  readonly ws?: Extension
  readonly head?: string
  readonly body?: string
  readonly url?: string
  /** Runs when htmx is there, and before the extension is. */
  readonly before?: (window: Window, page: Page4) => void
  /** Runs when the extension is there, and before htmx starts. */
  readonly after?: (window: Window, page: Page4) => void
  /** Other scripts, by their paths on the test server. */
  readonly scripts?: ReadonlyArray<string>
  /** Makes the sockets of the page. */
  readonly socket?: (page: Page4, url: string, protocols: ReadonlyArray<string>) => unknown
}

/** A WebSocket that knows the option `signal`, and whose events know their target. */
class Socket4 extends FakeSocket {
  readonly #targeted = new Map<(event: Event) => void, (event: Event) => void>()

  override addEventListener(
    type: string,
    listener: (event: Event) => void,
    options?: { readonly signal?: AbortSignal },
  ): void {
    const targeted = (event: Event): void => {
      if (event.target === null) Object.defineProperty(event, "target", { value: this })
      listener(event)
    }
    this.#targeted.set(listener, targeted)
    super.addEventListener(type, targeted)
    options?.signal?.addEventListener("abort", () => this.removeEventListener(type, listener))
  }

  override removeEventListener(type: string, listener: (event: Event) => void): void {
    super.removeEventListener(type, this.#targeted.get(listener) ?? listener)
  }
}

const labelOf = (node: Node): string =>
  "id" in node && node.id !== "" ? `#${node.id}` : node.nodeName.toLowerCase()

/** A page in jsdom with htmx 4 and an extension. Its sockets lead to the test, and so does its time. */
export class Page4 implements Disposable {
  readonly window: Window
  readonly document: Document
  readonly clock: Clock
  /** Every socket that was made, in order. */
  readonly sockets: Array<FakeSocket> = []
  /** What the constructor of WebSocket was called with. */
  readonly dials: Array<ReadonlyArray<unknown>> = []
  /** The console's errors and warnings, and what nobody caught. */
  readonly console: Array<string> = []
  /** Every event of the extension. */
  readonly log: Array<Recorded> = []
  /** Executes a script, by its path on the test server. */
  readonly execute: (path: string) => void

  constructor(window: Window, execute: (path: string) => void) {
    this.window = window
    this.execute = execute
    this.document = window.document
    this.clock = new Clock(this.uncaught)
  }

  readonly uncaught = (error: unknown): void => {
    this.console.push(`uncaught: ${error}`)
  }

  get htmx(): Htmx {
    return this.window.htmx
  }

  $<E extends Element = HTMLElement>(selector: string): E {
    const element = this.document.querySelector<E>(selector)
    if (element === null) throw new Error(`there is no ${selector}`)
    return element
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error("there is no socket")
    return socket
  }

  /** The sockets that are not closed. */
  get live(): ReadonlyArray<FakeSocket> {
    return this.sockets.filter((socket) => socket.isLive)
  }

  /** The JSON of all sockets, in order. */
  get json(): Array<Record<string, unknown>> {
    return this.sockets.flatMap((socket) => socket.json)
  }

  /** The connection of an element, as public code finds it. */
  connectionOf(selector: string): WsConnection | undefined {
    return (this.$(selector) as unknown as { _htmx?: { ws?: { connection?: WsConnection } } })._htmx?.ws
      ?.connection
  }

  /** Adds HTML to the body and has htmx process it. */
  add(html: string): HTMLElement {
    const template = this.document.createElement("template")
    template.innerHTML = html.trim()
    const element = template.content.firstElementChild as HTMLElement
    this.document.body.append(element)
    this.htmx.process(element)
    return element
  }

  /** The events as `name #id`. */
  get events(): Array<string> {
    return this.log.map(({ name, on }) => `${name} ${labelOf(on)}`)
  }

  get names(): Array<string> {
    return this.log.map(({ name }) => name)
  }

  all(name: string): Array<Recorded> {
    return this.log.filter((recorded) => recorded.name === name)
  }

  /** The detail of the last event of one name. */
  last(name: string): Detail {
    const recorded = this.all(name).at(-1)
    if (recorded === undefined) throw new Error(`there was no ${name}, but ${this.events.join(", ")}`)
    return recorded.detail
  }

  /** The events so far, and forgets them. */
  take(): Array<string> {
    const { events } = this
    this.log.length = 0
    return events
  }

  /** Listens for an event (without `htmx:ws:`) anywhere on the page. */
  on(name: string, listener: (event: CustomEvent<Detail>) => void): void {
    this.document.addEventListener(`htmx:ws:${name}`, (event) => listener(event as CustomEvent<Detail>))
  }

  visibility(hidden: boolean): void {
    Object.defineProperty(this.document, "hidden", { configurable: true, value: hidden })
    this.document.dispatchEvent(new this.window.Event("visibilitychange"))
  }

  [Symbol.dispose](): void {
    this.window.close()
  }
}

/** Lets what is due in microtasks happen: observers of mutations, and promises that have settled. */
export const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

export const openPage4 = async (options: Options): Promise<Page4> => {
  const { after, before, body = "", head = "", scripts = [], ws = "ours" } = options
  const virtualConsole = new VirtualConsole()
  const dom = new JSDOM(
    `<!doctype html><html lang="en"><head><title>test</title>${head}</head><body>${body}</body></html>`,
    {
      url: options.url ?? "http://page.test:8080/dir/page.html",
      runScripts: "outside-only",
      pretendToBeVisual: true,
      virtualConsole,
    },
  )
  const window = dom.window as unknown as Window
  const run = (path: string): void => void scriptOf(path).runInContext(dom.getInternalVMContext())
  const page = new Page4(window, run)
  for (const type of ["error", "warn"] as const) {
    virtualConsole.on(type, (...args: Array<unknown>) =>
      page.console.push(`${type}: ${args.filter((arg) => typeof arg === "string").join(" ")}`),
    )
  }
  virtualConsole.on("jsdomError", (error: Error) => page.console.push(`uncaught: ${error.message}`))
  page.clock.install(window)
  complete(window)
  const { socket: make = (_, url, protocols) => new Socket4(window, page.uncaught, url, protocols) } = options
  function WebSocket(this: unknown, ...args: [url: string, protocols?: string | ReadonlyArray<string>]) {
    page.dials.push(args)
    const [url, protocols = []] = args
    const socket = make(page, String(url), typeof protocols === "string" ? [protocols] : [...protocols])
    page.sockets.push(socket as FakeSocket)
    return socket
  }
  Object.assign(window, {
    MessageChannel,
    WebSocket: Object.assign(WebSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }),
  })

  record(page)
  run(generations["4"].htmx)
  before?.(window, page)
  run(generations["4"][ws])
  for (const script of scripts) run(script)
  after?.(window, page)
  if (window.document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }))
  }
  // Where the document is ready already, htmx starts by a timer.
  page.clock.advance(0)
  return page
}

/** Notes each event of the extension, also those of elements that are in no document. */
const record = (page: Page4): void => {
  const { prototype } = page.window.EventTarget
  const { dispatchEvent } = prototype
  prototype.dispatchEvent = function (event) {
    if (event.type.startsWith("htmx:ws:")) {
      const { detail } = event as CustomEvent<Detail>
      page.log.push({ name: event.type.slice("htmx:ws:".length), on: this as Node, detail: { ...detail } })
    }
    return dispatchEvent.call(this, event)
  }
}

/** What jsdom leaves out, or asks for more strictly than browsers do. */
const complete = (window: Window): void => {
  Object.assign(window, { structuredClone })
  const { evaluate } = window.XPathExpression.prototype
  window.XPathExpression.prototype.evaluate = function (node, type = 0, result = null) {
    return evaluate.call(this, node, type, result)
  }
}
