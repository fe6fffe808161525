/** The DevTools protocol, over the two pipes of a Chromium: JSON with a NUL after each message. */
import type { Readable, Writable } from "node:stream"
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

/** The browser, or one of its pages: what it is asked, and what it tells. */
export class Session {
  readonly #write: (message: Message) => void
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #listeners = new Map<string, (params: never) => void>()
  #asked = 0
  #isOver = false

  constructor(write: (message: Message) => void) {
    this.#write = write
  }

  /** Whether it has gone. What is asked then fails, and so does what it has left unanswered. */
  get isOver() {
    return this.#isOver
  }

  send<M extends keyof Commands>(method: M, params?: Commands[M]): Promise<Results[M]> {
    if (this.#isOver) return Promise.reject(new Error("the page has gone"))
    const call = Promise.withResolvers<unknown>()
    this.#calls.set(++this.#asked, call)
    this.#write({ id: this.#asked, method, params })
    return call.promise as Promise<Results[M]>
  }

  /** One listener for an event. */
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
    for (const { reject } of this.#calls.values()) reject(new Error("the page has gone"))
  }
}

export class Cdp {
  readonly browser: Session
  readonly #pages = new Map<string, Session>()
  readonly #input: Writable
  readonly #output: Readable

  constructor(input: Writable, output: Readable) {
    this.#input = input
    this.#output = output
    this.browser = this.#session()
    this.browser.on("Target.detachedFromTarget", ({ sessionId }) => {
      this.#pages.get(sessionId)?.end()
      this.#pages.delete(sessionId)
    })
    // The end of the output says as much.
    input.on("error", () => {})
    let rest = ""
    output.setEncoding("utf8").on("data", (chunk: string) => {
      const texts = (rest + chunk).split("\0")
      rest = texts.pop() ?? ""
      for (const text of texts) this.#receive(JSON.parse(text))
    })
    output.on("close", () => this.close())
  }

  /** Nobody reads from the input, so that Node does not see its end, and would turn in a circle over it. */
  close(): void {
    this.#input.destroy()
    this.#output.destroy()
    for (const session of [this.browser, ...this.#pages.values()]) session.end()
  }

  /** To be called in the turn in which the browser has told the id: the page may speak in the next. */
  page(sessionId: string): Session {
    const session = this.#session(sessionId)
    this.#pages.set(sessionId, session)
    return session
  }

  #session(sessionId?: string): Session {
    return new Session((message) => this.#input.write(`${JSON.stringify({ ...message, sessionId })}\0`))
  }

  #receive(message: Message): void {
    const { sessionId } = message
    const session = sessionId === undefined ? this.browser : this.#pages.get(sessionId)
    session?.receive(message)
  }
}
