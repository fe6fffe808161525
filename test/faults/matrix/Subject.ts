/** A page in jsdom with one connect element, driven in the same way on each htmx. */
import type { DOMWindow } from "jsdom"
import { describedBy } from "../../../docs/generate.ts"
import type { Clock } from "../../htmx/kit/Clock.ts"
import type { FakeSocket } from "../../htmx/kit/FakeSocket.ts"
import { openPage } from "../../htmx/kit/openPage.ts"
import { openPage4 } from "../../htmx/kit/openPage4.ts"
import type { HtmxVersion } from "../../setup/pages.ts"
import { Account } from "./Account.ts"
import { Census } from "./census.ts"

type Settle = (ending: string) => void

/** The public object of a connection, as far as the generations have it in common. */
interface Handle {
  readonly state: string
  readonly socket: FakeSocket | null
  readonly queue: Array<unknown>
  reconnect(): void
  close(code?: number, reason?: string): void
}

interface Handle2 extends Handle {
  send(message: unknown, fromElt?: unknown, settle?: Settle): void
}

interface Handle4 extends Handle {
  readonly config: Record<string, unknown>
  send(message: object): Promise<boolean>
}

type Detail = Record<string, unknown> & {
  settle?: Settle
  readonly message?: unknown
  readonly waitUntil?: (promise: unknown) => void
}

/** What a listener of one event does, and when. */
export interface Listening {
  /** Which of the dispatched events, from 0 on, or the next of a name. */
  readonly at: number | string
  readonly act: (event: CustomEvent<Detail>) => void
}

interface AnyPage {
  readonly window: DOMWindow & Omit<typeof globalThis, "htmx">
  readonly document: Document
  readonly clock: Clock
  readonly sockets: ReadonlyArray<FakeSocket>
  readonly console: Array<string>
  readonly log: Array<unknown>
  readonly htmx: {
    readonly config: Record<string, unknown>
    process(element: Element, force?: boolean): void
  }
  readonly kebab?: Array<string>
  execute(path: string): void
}

/** What differs between the generations. */
interface Dialect {
  readonly connect: string
  readonly send: string
  readonly status: string
  readonly settings: (settings: object) => string
  readonly handleOf: (element: Element) => Handle | undefined
  /** Whether htmx has processed a sender. */
  readonly knows: (form: Element) => boolean
  /** The events of the extension. */
  readonly events: ReadonlyArray<string>
  readonly names: {
    readonly configure: string
    readonly open: string
    readonly close: string
    readonly submitted: string
    readonly sent: string
    readonly dropped: string
  }
}

const eventsOf = (version: "v2" | "v4") =>
  describedBy(`src/htmx/${version}/WsEvents.ts`, "WsEvents").map(({ name }) => name)

const dialect2: Dialect = {
  connect: "ws-connect",
  send: "ws-send",
  status: "ws-status",
  settings: (settings) => `ws-config='${JSON.stringify(settings)}'`,
  handleOf: (element) =>
    (element as unknown as { "htmx-internal-data"?: { webSocket?: { publicInterface: Handle } } })[
      "htmx-internal-data"
    ]?.webSocket?.publicInterface,
  knows: (form) =>
    (form as unknown as { "htmx-internal-data"?: { wsSend?: object } })["htmx-internal-data"]?.wsSend !==
    undefined,
  events: eventsOf("v2"),
  names: {
    configure: "htmx:wsConfigConnect",
    open: "htmx:wsOpen",
    close: "htmx:wsClose",
    submitted: "htmx:wsConfigSend",
    sent: "htmx:wsAfterSend",
    dropped: "htmx:wsDropped",
  },
}

const dialect4: Dialect = {
  connect: "hx-ws:connect",
  send: "hx-ws:send",
  status: "hx-ws:status",
  settings: (settings) => `hx-config='${JSON.stringify({ ws: settings })}'`,
  handleOf: (element) =>
    (element as unknown as { _htmx?: { ws?: { connection?: Handle } } })._htmx?.ws?.connection,
  knows: (form) =>
    (form as unknown as { _htmx?: { ws?: { sendInitialized?: boolean } } })._htmx?.ws?.sendInitialized ===
    true,
  events: eventsOf("v4"),
  names: {
    configure: "htmx:ws:before:connection",
    open: "htmx:ws:after:connection",
    close: "htmx:ws:close",
    submitted: "htmx:ws:before:message:outgoing",
    sent: "htmx:ws:after:message:outgoing",
    dropped: "htmx:ws:message:dropped",
  },
}

/** The settings of every connection, unless a state has others. */
const settings = {
  reconnectDelay: 1000,
  reconnectFactor: 1,
  reconnectJitter: 0,
  pauseOnBackground: true,
  queueCapacity: 3,
}

export class Subject {
  readonly htmx: HtmxVersion
  readonly page: AnyPage
  readonly dialect: Dialect
  readonly census: Census
  /** The events of the extension since the element was put into the page. */
  events: Array<string> = []
  account = new Account()
  listening: Array<Listening> = []
  /** Whether the page dispatches an event of the extension itself. */
  isRepeating = false
  /** How many events were dispatched when `listening` began to count. */
  #counted = 0
  #handle: Handle | undefined
  #first = 0
  #original: Element | null = null
  #settings: object = settings

  private constructor(htmx: HtmxVersion, page: AnyPage, dialect: Dialect, census: Census) {
    this.htmx = htmx
    this.page = page
    this.dialect = dialect
    this.census = census
    this.#hear()
  }

  static async open(htmx: HtmxVersion): Promise<Subject> {
    let census: Census | undefined
    const before = (window: DOMWindow): void => {
      census = new Census(window as never)
    }
    const page = (htmx === "4"
      ? await openPage4({ before })
      : await openPage({ htmx, before, scripts: ["/idiomorph.js"] })) as unknown as AnyPage
    return new Subject(htmx, page, htmx === "4" ? dialect4 : dialect2, census as unknown as Census)
  }

  [Symbol.dispose](): void {
    this.page.window.close()
  }

  /** The HTML of the connect element. */
  html(attributes = `${this.dialect.connect}="/ws"`): string {
    const { send, status } = this.dialect
    return `<div id="c" ${attributes} ${this.dialect.settings(this.#settings)}>
      <form id="f" ${send}><input name="text"></form><p id="out"></p><i id="s" ${status}></i></div>`
  }

  /** Puts the connect element into the page, and forgets what was before it. */
  start(more: object = {}): void {
    this.#settings = { ...settings, ...more }
    const { document, console, kebab, log, sockets } = this.page
    console.length = log.length = 0
    if (kebab !== undefined) kebab.length = 0
    this.account = new Account()
    this.listening = []
    this.events = []
    this.#handle = undefined
    this.#first = sockets.length
    const main = document.createElement("main")
    main.innerHTML = this.html()
    this.#original = main.firstElementChild
    document.body.replaceChildren(main, document.createElement("aside"))
  }

  /** Has htmx process what is in the page. htmx 1.9 looks only at the element that it is given. */
  process(force = false): void {
    for (const element of this.page.document.body.children) this.page.htmx.process(element, force)
  }

  /** The connect element, if there is one in the page. */
  get element(): Element | undefined {
    return this.page.document.querySelector(`[${this.dialect.connect.replace(":", "\\:")}]`) ?? undefined
  }

  /** Whether the connect element is the one that was there at first. */
  get isOriginal(): boolean {
    return this.element === this.#original
  }

  /** How many elements of the page may have a connection: there is never more than one. */
  get connectElements(): number {
    return Number(this.element !== undefined)
  }

  /** The sockets that were made for this element. */
  get sockets(): ReadonlyArray<FakeSocket> {
    return this.page.sockets.slice(this.#first)
  }

  get socket(): FakeSocket | undefined {
    return this.sockets.at(-1)
  }

  /** The public object of the element's connection, or of the last one that it had. */
  get handle(): Handle {
    const handle = (this.element && this.dialect.handleOf(this.element)) ?? this.#handle
    if (handle === undefined) throw new Error("no event has come with the public object")
    return handle
  }

  /** Whether the element in the page has a connection. */
  get isConnected(): boolean {
    return this.element !== undefined && this.dialect.handleOf(this.element) !== undefined
  }

  /** The state that the page shows, or `gone` if there is no element for it. */
  get state(): string {
    const shown = this.page.document.querySelector("#s")?.getAttribute("data-ws-state")
    return this.element === undefined ? "gone" : String(shown)
  }

  /** Sends a message by the public object. */
  send(): void {
    const text = this.account.next()
    const settle = this.#settleOf(text)
    const { handle } = this
    if (this.htmx === "4") void (handle as Handle4).send({ data: text, settle })
    else {
      // It is accepted whatever becomes of it.
      const entry = this.account.of(text)
      if (entry !== undefined) entry.isAccepted = true
      ;(handle as Handle2).send(text, this.form ?? this.#original, settle)
    }
  }

  /** The form in the connect element, if it is there and htmx knows it: otherwise the browser would submit it. */
  get form(): HTMLFormElement | undefined {
    const form = this.page.document.querySelector<HTMLFormElement>("#f")
    return form !== null && this.dialect.knows(form) ? form : undefined
  }

  /** Submits the form. */
  submit(): void {
    const { form } = this
    const input = form?.querySelector("input")
    if (!form || !input) return
    input.value = this.account.next()
    form.requestSubmit()
  }

  /** Lets everything happen that is not a matter of seconds: microtasks, and the swaps of htmx 4. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      for (let turn = 0; turn < 12; turn++) await Promise.resolve()
      this.page.clock.advance(5)
    }
    for (let turn = 0; turn < 12; turn++) await Promise.resolve()
  }

  /** Begins to count the events for `listening`. */
  disturb(...listening: ReadonlyArray<Listening>): void {
    this.listening = [...listening]
    this.#counted = this.events.length
  }

  /** Has a hidden or visible page. */
  visibility(hidden: boolean): void {
    const { document, window } = this.page
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden })
    document.dispatchEvent(new window.Event("visibilitychange", { bubbles: true }))
  }

  /** Has a page with or without a network. */
  network(onLine: boolean): void {
    const { window } = this.page
    Object.defineProperty(window.navigator, "onLine", { configurable: true, value: onLine })
    window.dispatchEvent(new window.Event(onLine ? "online" : "offline"))
  }

  #settleOf(text: unknown): Settle {
    const entry = this.account.of(text)
    return (ending) => void entry?.endings.push(ending)
  }

  /** Follows every event of the extension, also those of elements that have left the document. */
  #hear(): void {
    const subject = this
    const { prototype } = this.page.window.EventTarget
    const { dispatchEvent } = prototype
    const known = new Set(this.dialect.events)
    prototype.dispatchEvent = function (event) {
      if (subject.isRepeating || !known.has(event.type)) return dispatchEvent.call(this, event)
      const { detail, type } = event as CustomEvent<Detail>
      const index = subject.events.length - subject.#counted
      subject.events.push(type)
      const handle = (detail.socketWrapper ?? detail.connection) as Handle | undefined
      if (handle !== undefined) subject.#handle = handle
      const at = subject.listening.findIndex((one) => one.at === index || one.at === type)
      const [listening] = at < 0 ? [] : subject.listening.splice(at, 1)
      if (listening !== undefined)
        this.addEventListener(type, (event) => listening.act(event as CustomEvent<Detail>), {
          once: true,
          capture: true,
        })
      return subject.#follow(type, detail, () => dispatchEvent.call(this, event))
    }
  }

  /** Enters an event in the account. */
  #follow(type: string, detail: Detail, dispatch: () => boolean): boolean {
    const { account, htmx } = this
    const { dropped, sent, submitted } = this.dialect.names
    if (type === submitted) {
      const subject = (htmx === "4" ? detail.message : detail) as Detail
      const text =
        htmx === "4"
          ? ((subject.data as string | undefined) ?? JSON.stringify(subject.values))
          : JSON.stringify(detail.parameters)
      const entry = account.of(text)
      subject.settle ??= this.#settleOf(text)
      const agrees = dispatch()
      if (entry !== undefined && agrees && !detail.cancelled) entry.isAccepted = true
      return agrees
    }
    if (type === sent || type === dropped) {
      const entry = account.of(
        htmx === "4"
          ? ((detail.message as Detail).data ?? JSON.stringify((detail.message as Detail).values))
          : detail.message,
      )
      if (entry !== undefined) entry[type === sent ? "sentEvents" : "droppedEvents"]++
    }
    return dispatch()
  }
}
