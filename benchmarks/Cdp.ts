/** The DevTools protocol, over the WebSocket of a Chromium. */
import { once } from "node:events"
import { WebSocket } from "ws"
import type { Protocol } from "../node_modules/playwright-core/types/protocol.d.ts"

type Commands = Protocol.CommandParameters
type Results = Protocol.CommandReturnValues
type Events = Protocol.Events

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
  readonly method?: string
  readonly params?: unknown
}

/** A DevTools session with the browser or one of its pages: sends commands and receives events. */
export class Session {
  readonly #write: (message: Message) => void
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #listeners = new Map<string, (params: never) => void>()
  #asked = 0
  #isOver = false

  constructor(write: (message: Message) => void) {
    this.#write = write
  }

  /** Whether the session has ended. Later commands fail, and so do those that were pending. */
  get isOver() {
    return this.#isOver
  }

  send<M extends keyof Commands>(method: M, params?: Commands[M]): Promise<Results[M]> {
    if (this.#isOver) return Promise.reject(new Error("the page is closed"))
    const call = Promise.withResolvers<unknown>()
    this.#calls.set(++this.#asked, call)
    this.#write({ id: this.#asked, method, params })
    return call.promise as Promise<Results[M]>
  }

  /** Sets the listener of an event, one per event. */
  on<E extends keyof Events>(event: E, listener: (params: Events[E]) => void): void {
    this.#listeners.set(event, listener)
  }

  receive({ error, id, method = "", params, result }: Message): void {
    if (id === undefined) this.#listeners.get(method)?.(params as never)
    else if (error === undefined) this.#calls.get(id)?.resolve(result)
    else this.#calls.get(id)?.reject(new Error(error.message))
    if (id !== undefined) this.#calls.delete(id)
  }

  end(): void {
    this.#isOver = true
    for (const { reject } of this.#calls.values()) reject(new Error("the page is closed"))
  }
}

export class Cdp {
  readonly browser: Session
  readonly #pages = new Map<string, Session>()
  readonly #socket: WebSocket

  static async dial(url: string): Promise<Cdp> {
    const cdp = new Cdp(new WebSocket(url, { perMessageDeflate: false }))
    await once(cdp.#socket, "open")
    return cdp
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.browser = this.#session()
    this.browser.on("Target.detachedFromTarget", ({ sessionId }) => {
      this.#pages.get(sessionId)?.end()
      this.#pages.delete(sessionId)
    })
    socket.on("message", (text) => this.#receive(JSON.parse(String(text))))
    socket.on("close", () => this.close())
  }

  close(): void {
    this.#socket.terminate()
    for (const session of [this.browser, ...this.#pages.values()]) session.end()
  }

  /** Call it in the task that received the id: events of the page may arrive in the next. */
  page(sessionId: string): Session {
    const session = this.#session(sessionId)
    this.#pages.set(sessionId, session)
    return session
  }

  #session(sessionId?: string): Session {
    return new Session((message) => this.#socket.send(JSON.stringify({ ...message, sessionId })))
  }

  #receive(message: Message): void {
    const { sessionId } = message
    const session = sessionId === undefined ? this.browser : this.#pages.get(sessionId)
    session?.receive(message)
  }
}
