import type { DOMWindow } from "jsdom"

type Listener = (event: Event) => void
type Handler = Listener | null

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/**
 * A WebSocket whose other end is the test. It does what a browser's does: states, exceptions, the order of events,
 * and that none of them comes inside the call that caused it.
 */
export class FakeSocket {
  readonly CONNECTING = CONNECTING
  readonly OPEN = OPEN
  readonly CLOSING = CLOSING
  readonly CLOSED = CLOSED

  readonly url: string
  readonly protocols: ReadonlyArray<string>
  protocol = ""
  readyState = CONNECTING
  binaryType = "blob"
  onopen: Handler = null
  onmessage: Handler = null
  onerror: Handler = null
  onclose: Handler = null

  /** What was written to the wire. */
  readonly sent: Array<unknown> = []
  /** What was written when it was no more use: a browser loses it silently. */
  readonly lost: Array<unknown> = []
  /** The arguments of each `close`. */
  readonly closeCalls: Array<ReadonlyArray<unknown>> = []

  readonly #window: DOMWindow &
    Pick<typeof globalThis, "setTimeout" | "Date" | "CloseEvent" | "MessageEvent" | "Event" | "DOMException">
  readonly #onError: (error: unknown) => void
  readonly #listeners: Array<readonly [type: string, listener: Listener]> = []

  constructor(
    window: DOMWindow &
      Pick<
        typeof globalThis,
        "setTimeout" | "Date" | "CloseEvent" | "MessageEvent" | "Event" | "DOMException"
      >,
    onError: (error: unknown) => void,
    url: string,
    protocols: ReadonlyArray<string>,
  ) {
    const parsed = new URL(url, window.document.baseURI)
    if (!/^wss?:$/.test(parsed.protocol) || parsed.hash !== "") {
      throw new window.DOMException(`${url} is not for WebSockets`, "SyntaxError")
    }
    if (new Set(protocols).size < protocols.length || protocols.some((name) => !/^[\w.-]+$/.test(name))) {
      throw new window.DOMException("bad protocols", "SyntaxError")
    }
    this.url = parsed.href
    this.protocols = protocols
    this.#window = window
    this.#onError = onError
  }

  addEventListener(type: string, listener: Listener): void {
    if (!this.#listeners.some(([a, b]) => a === type && b === listener))
      this.#listeners.push([type, listener])
  }

  removeEventListener(type: string, listener: Listener): void {
    const at = this.#listeners.findIndex(([a, b]) => a === type && b === listener)
    if (at >= 0) this.#listeners.splice(at, 1)
  }

  /** How many listeners it has. */
  get listeners(): number {
    return this.#listeners.length
  }

  send(data: unknown): void {
    if (this.readyState === CONNECTING) {
      throw new this.#window.DOMException("still connecting", "InvalidStateError")
    }
    ;(this.readyState === OPEN ? this.sent : this.lost).push(data)
  }

  close(...args: ReadonlyArray<unknown>): void {
    const [code, reason] = args
    if (code !== undefined && code !== 1000 && !(Number(code) >= 3000 && Number(code) <= 4999)) {
      throw new this.#window.DOMException(`code ${code}`, "InvalidAccessError")
    }
    if (Buffer.byteLength(String(reason ?? "")) > 123) {
      throw new this.#window.DOMException("reason too long", "SyntaxError")
    }
    this.closeCalls.push(args)
    if (this.readyState <= OPEN) this.readyState = CLOSING
  }

  /** Whether anything is left of it at the other end. */
  get isLive(): boolean {
    return this.readyState <= OPEN
  }

  /** The JSON texts that were sent, parsed. */
  get json(): Array<Record<string, unknown>> {
    return this.sent.map((data) => JSON.parse(String(data)))
  }

  // What the other end does.

  open(protocol = ""): this {
    this.readyState = OPEN
    this.protocol = protocol
    this.#emit(new this.#window.Event("open"))
    return this
  }

  message(data: unknown): void {
    this.#emit(new this.#window.MessageEvent("message", { data }))
  }

  /** The connection is gone without a close frame; before it has opened this is also a refused handshake. */
  drop(): void {
    const opened = this.readyState === OPEN
    this.readyState = CLOSED
    if (!opened) this.#emit(new this.#window.Event("error"))
    this.#end(1006, "", false)
  }

  /** Breaks the protocol: a browser says `error` and ends it. */
  fail(): void {
    this.readyState = CLOSED
    this.#emit(new this.#window.Event("error"))
    this.#end(1006, "", false)
  }

  /** A close frame. */
  end(code = 1005, reason = ""): void {
    this.readyState = CLOSED
    this.#end(code, reason, true)
  }

  /** Answers our close. One that was closed before it had opened ends as if refused. */
  answerClose(): void {
    const [code, reason] = this.closeCalls[0] ?? []
    this.readyState = CLOSED
    this.#end(Number(code ?? 1005), String(reason ?? ""), true)
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#emit(new this.#window.CloseEvent("close", { code, reason, wasClean }))
  }

  #emit(event: Event): void {
    const own = { open: this.onopen, message: this.onmessage, error: this.onerror, close: this.onclose }[
      event.type
    ]
    const others = this.#listeners.filter(([type]) => type === event.type).map(([, listener]) => listener)
    for (const listener of own ? [own, ...others] : others) {
      try {
        listener.call(this, event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
