/**
 * A WebSocket as a page sees it.
 *
 * Norm: WHATWG WebSockets; Chromium where that leaves it open.
 */
import * as CloseCode from "../core/CloseCode.ts"
import type { Data } from "./Log.ts"

// WHATWG WebSockets, `readyState`.
export const CONNECTING = 0
export const OPEN = 1
export const CLOSING = 2
export const CLOSED = 3

/** The far end of a socket, as the socket needs it. */
export interface Wire {
  readonly readyState: number
  readonly bufferedAmount: number
  readonly protocol: string
  readonly send: (data: Data) => void
  readonly close: (code: number | undefined, reason: string) => void
  /** Reports what a listener has thrown. */
  readonly uncaught: (error: unknown) => void
}

/** RFC 6455 §5.5: what is left of a control frame for the reason. */
export const MAX_REASON_BYTES = 123

export const bytesOf = (data: Data): number => {
  if (typeof data === "string") return new TextEncoder().encode(data).length
  return data instanceof Blob ? data.size : data.byteLength
}

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const syntaxError = (message: string) => new DOMException(message, "SyntaxError")

/** WHATWG WebSockets, "get a URL record". */
const urlOf = (text: string): URL => {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  if (url === undefined) throw syntaxError(`This is no URL: ${text}`)
  if (/^https?:$/.test(url.protocol)) url.protocol = url.protocol.replace("http", "ws")
  if (!/^wss?:$/.test(url.protocol)) throw syntaxError(`This is no URL of a WebSocket: ${text}`)
  if (url.href.includes("#")) throw syntaxError(`The URL of a WebSocket has no fragment: ${text}`)
  return url
}

const protocolsOf = (protocols: string | Iterable<string>): ReadonlyArray<string> => {
  const offered = typeof protocols === "string" ? [protocols] : [...protocols].map(String)
  const wrong = offered.find((protocol, at) => !token.test(protocol) || offered.indexOf(protocol) < at)
  if (wrong !== undefined)
    throw syntaxError(`A subprotocol is a token, and is offered once: ${JSON.stringify(wrong)}`)
  return offered
}

/** Lone surrogates become U+FFFD (Web IDL, `USVString`). */
const wellFormed = (value: unknown): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(`${value}`))

/** A copy of the bytes that a buffer or a view shows now. */
export const copyOf = (source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()

const dataOf = (value: unknown): Data => {
  if (value instanceof Blob) return value
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return copyOf(value)
  return wellFormed(value)
}

/** Web IDL, `[Clamp] unsigned short`. */
const clamped = (code: number): number => Math.min(Math.max(Math.round(Number(code)) || 0, 0), 0xffff)

type Listener = EventListenerOrEventListenerObject | null
type Handler = ((event: Event) => unknown) | null

export class TestSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING
  static readonly OPEN = OPEN
  static readonly CLOSING = CLOSING
  static readonly CLOSED = CLOSED
  readonly CONNECTING = CONNECTING
  readonly OPEN = OPEN
  readonly CLOSING = CLOSING
  readonly CLOSED = CLOSED

  readonly url: string
  readonly extensions = ""
  readonly #wire: Wire
  #binaryType: BinaryType = "blob"
  /** By type, listener and phase, what is really registered: the same, guarded. */
  readonly #guards = new Map<string, Map<Listener, EventListener>>()
  readonly #handlers = new Map<string, { handler: Handler; readonly listener: EventListener }>()

  constructor(
    url: string | URL,
    protocols: string | Iterable<string>,
    dial: (url: string, protocols: ReadonlyArray<string>, socket: TestSocket) => Wire,
  ) {
    super()
    const record = urlOf(wellFormed(url))
    const offered = protocolsOf(protocols)
    this.url = record.href
    this.#wire = dial(this.url, offered, this)
  }

  get [Symbol.toStringTag]() {
    return "WebSocket"
  }

  get readyState(): number {
    return this.#wire.readyState
  }

  get bufferedAmount(): number {
    return this.#wire.bufferedAmount
  }

  get protocol(): string {
    return this.#wire.protocol
  }

  get binaryType(): BinaryType {
    return this.#binaryType
  }

  set binaryType(type: BinaryType) {
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type
  }

  send(data: unknown): void {
    if (this.readyState === CONNECTING) {
      throw new DOMException("Still in CONNECTING state.", "InvalidStateError")
    }
    this.#wire.send(dataOf(data))
  }

  close(code?: number, reason?: string): void {
    const given = code === undefined ? undefined : clamped(code)
    if (given !== undefined && !CloseCode.isSendable(given)) {
      throw new DOMException(`The close code must be 1000 or 3000 to 4999: ${given}.`, "InvalidAccessError")
    }
    const words = reason === undefined ? "" : wellFormed(reason)
    if (bytesOf(words) > MAX_REASON_BYTES) throw syntaxError("The close reason is too long.")
    if (given === undefined && reason !== undefined) throw syntaxError("A close reason needs a code.")
    this.#wire.close(given, words)
  }

  get onopen(): Handler {
    return this.#handlerOf("open")
  }
  set onopen(handler: Handler) {
    this.#handle("open", handler)
  }
  get onmessage(): Handler {
    return this.#handlerOf("message")
  }
  set onmessage(handler: Handler) {
    this.#handle("message", handler)
  }
  get onerror(): Handler {
    return this.#handlerOf("error")
  }
  set onerror(handler: Handler) {
    this.#handle("error", handler)
  }
  get onclose(): Handler {
    return this.#handlerOf("close")
  }
  set onclose(handler: Handler) {
    this.#handle("close", handler)
  }

  /** How many listeners it has, the `on…` properties among them. */
  get listeners(): number {
    return [...this.#guards.values()].reduce((sum, { size }) => sum + size, 0)
  }

  override addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void {
    const guards = this.#guards.get(type) ?? new Map<Listener, EventListener>()
    this.#guards.set(type, guards)
    const { once = false, signal } = typeof options === "object" ? options : {}
    if (listener === null || guards.has(listener) || signal?.aborted) return
    const forget = () => this.#forget(type, listener)
    const guard: EventListener = (event) => {
      if (once) forget()
      try {
        if (typeof listener === "function") listener.call(this, event)
        else listener.handleEvent(event)
      } catch (error) {
        this.#wire.uncaught(error)
      }
    }
    guards.set(listener, guard)
    super.addEventListener(type, guard)
    signal?.addEventListener("abort", forget, { once: true })
  }

  override removeEventListener(type: string, listener: Listener): void {
    this.#forget(type, listener)
  }

  #forget(type: string, listener: Listener): void {
    const guard = this.#guards.get(type)?.get(listener)
    if (guard === undefined) return
    this.#guards.get(type)?.delete(listener)
    super.removeEventListener(type, guard)
  }

  #handlerOf(type: string): Handler {
    return this.#handlers.get(type)?.handler ?? null
  }

  #handle(type: string, handler: Handler): void {
    const known = this.#handlers.get(type)
    if (typeof handler !== "function") {
      if (known !== undefined) this.removeEventListener(type, known.listener)
      this.#handlers.delete(type)
    } else if (known !== undefined) known.handler = handler
    else {
      const entry = { handler, listener: (event: Event) => void entry.handler?.call(this, event) }
      this.#handlers.set(type, entry)
      this.addEventListener(type, entry.listener)
    }
  }
}
