import { type DOMWindow, JSDOM, VirtualConsole } from "jsdom"
import type { SocketWrapper } from "../../../src/htmx/v2/extension.ts"
import { type Extension, generations, type HtmxVersion } from "../../setup/pages.ts"
import { Clock } from "./Clock.ts"
import { FakeSocket } from "./FakeSocket.ts"
import { scriptOf } from "./scriptOf.ts"

/** What tests use of htmx. */
export interface Htmx {
  readonly version: string
  readonly config: Record<string, unknown>
  createWebSocket: ((url: string, protocols?: ReadonlyArray<string>) => unknown) | undefined
  process(element: Element): void
  trigger(element: Element, name: string, detail?: object): boolean
  defineExtension(name: string, extension: object): void
  remove(element: Element): void
}

/** What tests use of what htmx gives its extensions. */
export interface Api {
  makeSettleInfo(target: Element): { readonly tasks: ReadonlyArray<() => void> }
  selectAndSwap?(style: string, target: Element, element: Element, html: string, settleInfo: object): void
  settleImmediately(tasks: ReadonlyArray<() => void>): void
  swap?(target: Element, html: string, specification: object): void
}

export type Window = DOMWindow & Omit<typeof globalThis, "htmx"> & { htmx: Htmx }

export type Detail = Record<string, unknown> & { readonly socketWrapper: SocketWrapper }

/** An event that htmx has sent: in camel case, and as it was when it was sent. */
export interface Recorded {
  readonly name: string
  readonly on: Element
  readonly event: CustomEvent<Detail>
  readonly detail: Detail
}

export interface Options {
  readonly htmx: HtmxVersion
  /** Another htmx of that generation, by its path on the test server. */
  readonly core?: string
  /** Ours where it is not said. */
  readonly ws?: Extension
  /** More of the head. */
  readonly head?: string
  readonly body?: string
  /** The attributes of the body. */
  readonly on?: string
  readonly url?: string
  /** Runs when htmx is there, and before the extension is. */
  readonly before?: (window: Window) => void
  /** Runs when the extension is there, and before htmx starts. */
  readonly after?: (window: Window) => void
  /** Other scripts, by their paths on the test server. */
  readonly scripts?: ReadonlyArray<string>
}

/** How an element is called in a log. */
export const labelOf = (element: Element): string =>
  element.id === "" ? element.tagName.toLowerCase() : `#${element.id}`

/** A page in jsdom with htmx and an extension. Its sockets lead to the test, and so does its time. */
export class Page implements Disposable {
  readonly window: Window
  readonly document: Document
  readonly htmx: Htmx
  readonly clock: Clock
  /** Every socket that was made, in order. */
  readonly sockets: ReadonlyArray<FakeSocket>
  /** What the constructor of WebSocket was called with. */
  readonly dials: ReadonlyArray<ReadonlyArray<unknown>>
  /** The console's errors and warnings, and what nobody caught. */
  readonly console: Array<string>
  /** Executes a script, by its path on the test server. */
  readonly execute: (path: string) => void
  /** Every `htmx:` event in its first spelling. */
  readonly log: Array<Recorded> = []
  /** The other spellings, as they came. */
  readonly kebab: Array<string> = []
  #wrapper: SocketWrapper | undefined

  constructor(
    window: Window,
    clock: Clock,
    sockets: ReadonlyArray<FakeSocket>,
    dials: ReadonlyArray<ReadonlyArray<unknown>>,
    console: Array<string>,
    execute: (path: string) => void,
  ) {
    this.window = window
    this.document = window.document
    this.htmx = window.htmx
    this.clock = clock
    this.sockets = sockets
    this.dials = dials
    this.console = console
    this.execute = execute
  }

  /** The element that a selector finds. */
  $<E extends Element = HTMLElement>(selector: string): E {
    const element = this.document.querySelector<E>(selector)
    if (element === null) throw new Error(`there is no ${selector}`)
    return element
  }

  /** The last socket. */
  get socket(): FakeSocket {
    return this.socketAt(-1)
  }

  socketAt(index: number): FakeSocket {
    const socket = this.sockets.at(index)
    if (socket === undefined) throw new Error(`there is no socket ${index}`)
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

  /** Adds HTML to the body and has htmx process it. */
  add(html: string): HTMLElement {
    const template = this.document.createElement("template")
    template.innerHTML = html.trim()
    const element = template.content.firstElementChild as HTMLElement
    this.document.body.append(element)
    this.htmx.process(element)
    return element
  }

  /** What htmx gives its extensions. */
  get api(): Api {
    let given: Api | undefined
    this.htmx.defineExtension("spy", {
      init: (api: Api) => {
        given = api
      },
    })
    if (given === undefined) throw new Error("htmx has not given its api")
    return given
  }

  /** Puts HTML in the place of an element, as the answer to a request would. */
  swap(selector: string, html: string): void {
    const { api } = this
    const target = this.$(selector)
    api.swap?.(target, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 })
    if (api.selectAndSwap !== undefined) {
      const settleInfo = api.makeSettleInfo(target)
      api.selectAndSwap("outerHTML", target, target, html, settleInfo)
      api.settleImmediately(settleInfo.tasks)
    }
  }

  /** The events of ours (`htmx:ws…`) as `name #id`. */
  get events(): Array<string> {
    return this.ws.map(({ name, on }) => `${name.slice("htmx:".length)} ${labelOf(on)}`)
  }

  /** The events of ours. */
  get ws(): Array<Recorded> {
    return this.log.filter(({ name }) => name.startsWith("htmx:ws"))
  }

  /** The events of one name (without `htmx:`). */
  all(name: string): Array<Recorded> {
    return this.log.filter((recorded) => recorded.name === `htmx:${name}`)
  }

  /** The last event of one name. */
  last(name: string): Detail {
    const recorded = this.all(name).at(-1)
    if (recorded === undefined) throw new Error(`there was no ${name}, but ${this.events.join(", ")}`)
    return recorded.detail
  }

  /** Takes note of an event. */
  note(recorded: Recorded): void {
    this.log.push(recorded)
    this.#wrapper = recorded.detail.socketWrapper ?? this.#wrapper
  }

  /** Forgets the events so far. */
  forget(): void {
    this.log.length = 0
    this.kebab.length = 0
  }

  /** Listens for an event (without `htmx:`) anywhere on the page. */
  on(name: string, listener: (event: CustomEvent<Detail>) => void): void {
    this.document.addEventListener(`htmx:${name}`, (event) => listener(event as CustomEvent<Detail>))
  }

  /** The wrapper of the connection that was heard of last. */
  wrapper(): SocketWrapper {
    if (this.#wrapper === undefined) throw new Error("no event has come with a socketWrapper")
    return this.#wrapper
  }

  click(selector: string): void {
    this.$(selector).click()
  }

  /** Submits a form as a user would: with a button, where there is one. */
  submit(selector: string, submitter?: string): void {
    this.$<HTMLFormElement>(selector).requestSubmit(submitter === undefined ? undefined : this.$(submitter))
  }

  /** Has the page hidden or shown. */
  visibility(hidden: boolean): void {
    Object.defineProperty(this.document, "hidden", { configurable: true, value: hidden })
    this.document.dispatchEvent(new this.window.Event("visibilitychange"))
  }

  advance(millis: number): void {
    this.clock.advance(millis)
  }

  [Symbol.dispose](): void {
    this.window.close()
  }
}

/** Lets the messages of all channels arrive that are on their way, and what they bring about. */
export const messages = async (): Promise<void> => {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
  await new Promise((resolve) => setImmediate(resolve))
}

/** Lets what is due in microtasks happen: observers of mutations, and promises that have settled. */
export const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

export const openPage = async (options: Options): Promise<Page> => {
  const { after, before, body = "", head = "", htmx, on = `hx-ext="ws"`, scripts = [], ws = "ours" } = options
  const output: Array<string> = []
  const sockets: Array<FakeSocket> = []
  const dials: Array<ReadonlyArray<unknown>> = []
  const uncaught = (error: unknown): void => {
    output.push(`uncaught: ${error}`)
  }
  const clock = new Clock(uncaught)
  const virtualConsole = new VirtualConsole()
  for (const type of ["error", "warn"] as const) {
    virtualConsole.on(type, (...args: Array<unknown>) => output.push(`${type}: ${args.join(" ")}`))
  }
  virtualConsole.on("jsdomError", (error: Error) => output.push(`uncaught: ${error.message}`))

  const dom = new JSDOM(
    `<!doctype html><html lang="en"><head><title>test</title>${head}</head><body ${on}>${body}</body></html>`,
    {
      url: options.url ?? "http://page.test:8080/dir/page.html",
      runScripts: "outside-only",
      pretendToBeVisual: true,
      virtualConsole,
    },
  )
  const window = dom.window as unknown as Window
  clock.install(window)
  complete(window)
  class WebSocket extends FakeSocket {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3

    constructor(...args: [url: string, protocols?: string | ReadonlyArray<string>]) {
      dials.push(args)
      const [url, protocols = []] = args
      super(window, uncaught, String(url), typeof protocols === "string" ? [protocols] : [...protocols])
      sockets.push(this)
    }
  }
  Object.assign(window, { WebSocket })

  const run = (path: string): void => void scriptOf(path).runInContext(dom.getInternalVMContext())
  run(options.core ?? generations[htmx].htmx)
  before?.(window)
  run(generations[htmx][ws])
  for (const script of scripts) run(script)
  after?.(window)

  const page = new Page(window, clock, sockets, dials, output, run)
  record(page)
  if (window.document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }))
  }
  return page
}

/** Notes each event of htmx, also those of elements that are in no document. */
const record = (page: Page): void => {
  const { prototype } = page.window.EventTarget
  const { dispatchEvent } = prototype
  prototype.dispatchEvent = function (event) {
    const { type } = event
    if (type.startsWith("htmx:")) {
      const known = page.log.findLast(({ on }) => on === this)
      if (camel(type) !== type && known?.name === camel(type)) page.kebab.push(type)
      else {
        const { detail } = event as CustomEvent<Detail>
        const recorded = { name: type, on: this as Element, event: event as CustomEvent<Detail> }
        page.note({ ...recorded, detail: { ...detail } })
      }
    }
    return dispatchEvent.call(this, event)
  }
}

/** What jsdom leaves out, or asks for more strictly than browsers do. */
const complete = (window: Window): void => {
  Object.assign(window, { MessageChannel })
  const { evaluate } = window.XPathExpression.prototype
  window.XPathExpression.prototype.evaluate = function (node, type = 0, result = null) {
    return evaluate.call(this, node, type, result)
  }
}

// The first page of a process takes several times as long as the next: no test shall pay for it.
for (const htmx of ["1.9", "2"] as const) (await openPage({ htmx }))[Symbol.dispose]()
