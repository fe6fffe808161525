/**
 * A WebSocket as a page sees it.
 *
 * Norm: WHATWG WebSockets; if Chromium differs, Chromium.
 */
import * as CloseCode from "../core/CloseCode.ts"
import { isToken } from "../core/isToken.ts"
import { tagOf } from "../core/payloadOf.ts"
import { bytesOf, MAX_REASON_BYTES, type MessageData, sizeOf, textOf, tooLong } from "./Frame.ts"
import { type Handler, Target } from "./Target.ts"

// `readyState`.
export const CONNECTING = 0
export const OPEN = 1
export const CLOSING = 2
export const CLOSED = 3

/** The connection of a socket, reduced to what is used of it. */
export interface Wire {
  readonly readyState: number
  readonly bufferedAmount: number
  readonly protocol: string
  readonly send: (data: MessageData) => void
  readonly close: (code: number | undefined, reason: string) => void
}

/** The peer of a socket, reduced to what is used of it. */
export interface Dialler {
  readonly dial: (socket: TestSocket, url: string, protocols: ReadonlyArray<string>) => Wire
  /** Called with what a listener throws. */
  readonly uncaught: (error: unknown) => void
}

const syntaxError = (message: string) => new DOMException(message, "SyntaxError")

/** The URL of the page, if there is one. */
const base = (): string | undefined => {
  const { document, location } = globalThis as { document?: { baseURI: string }; location?: { href: string } }
  return document?.baseURI ?? location?.href
}

const urlOf = (text: string): string => {
  if (!URL.canParse(text, base())) throw syntaxError(`not a valid URL: ${text}`)
  const url = new URL(text, base())
  if (/^https?:$/.test(url.protocol)) url.protocol = url.protocol.replace("http", "ws")
  if (!/^wss?:$/.test(url.protocol))
    throw syntaxError(`the scheme of a WebSocket URL must be ws, wss, http or https: ${text}`)
  if (url.href.includes("#")) throw syntaxError(`a WebSocket URL must not have a fragment: ${text}`)
  return url.href
}

const protocolsOf = (protocols: string | Iterable<string>): ReadonlyArray<string> => {
  const offered = typeof protocols === "string" ? [protocols] : Array.from(protocols, String)
  const wrong = offered.find((protocol, at) => !isToken(protocol) || offered.indexOf(protocol) < at)
  if (wrong === undefined) return offered
  throw syntaxError(`a subprotocol must be a token that is offered once: ${JSON.stringify(wrong)}`)
}

/** Returns a message to send. By tag and not by `instanceof`: it may come from another window of the page. */
const dataOf = (value: unknown): MessageData => {
  const tag = tagOf(value)
  if (tag === "Blob" || tag === "File") return value as Blob
  return tag === "ArrayBuffer" || ArrayBuffer.isView(value) ? bytesOf(value as ArrayBuffer) : textOf(value)
}

/** Converts a code as Web IDL does (`[Clamp] unsigned short`). Chromium rounds towards zero. */
const clamped = (code: unknown): number => Math.min(Math.max(Math.trunc(Number(code)) || 0, 0), 0xffff)

export class TestSocket extends Target {
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
  #binaryType: "arraybuffer" | "blob" = "blob"

  constructor({ dial, uncaught }: Dialler, url: string | URL, protocols: string | Iterable<string>) {
    super(uncaught)
    this.url = urlOf(textOf(url))
    this.#wire = dial(this, this.url, protocolsOf(protocols))
  }

  get [Symbol.toStringTag](): string {
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

  get binaryType(): "arraybuffer" | "blob" {
    return this.#binaryType
  }
  set binaryType(type: string) {
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type
  }

  get onopen(): Handler {
    return this.handlerOf("open")
  }
  set onopen(handler: Handler) {
    this.handle("open", handler)
  }

  get onmessage(): Handler {
    return this.handlerOf("message")
  }
  set onmessage(handler: Handler) {
    this.handle("message", handler)
  }

  get onerror(): Handler {
    return this.handlerOf("error")
  }
  set onerror(handler: Handler) {
    this.handle("error", handler)
  }

  get onclose(): Handler {
    return this.handlerOf("close")
  }
  set onclose(handler: Handler) {
    this.handle("close", handler)
  }

  send(data: unknown): void {
    const copy = dataOf(data)
    if (this.readyState === CONNECTING) {
      throw new DOMException("cannot send while the socket is CONNECTING", "InvalidStateError")
    }
    this.#wire.send(copy)
  }

  close(code?: number, reason?: string): void {
    // In Chromium, a reason without a code is an error: the code counts as 0.
    const given = code === undefined && reason === undefined ? undefined : clamped(code)
    if (given !== undefined && !CloseCode.isSendable(given)) {
      throw new DOMException(`close code must be 1000 or 3000 to 4999, not ${code}`, "InvalidAccessError")
    }
    const words = reason === undefined ? "" : textOf(reason)
    if (sizeOf(words) > MAX_REASON_BYTES) throw syntaxError(tooLong(words))
    this.#wire.close(given, words)
  }
}
