/**
 * What travels between a page and its peer.
 *
 * Norm: RFC 6455 §5.5 and §5.6.
 */
import type { PlatformBlob } from "./Platform.ts"

/** A message: a text, or bytes. A `Blob` stays one: it cannot change, and reading it would take a promise. */
export type Message = string | Uint8Array<ArrayBuffer> | PlatformBlob

/** The body of a closing frame. Without a code it is empty. */
export interface CloseFrame {
  readonly code: number | undefined
  readonly reason: string
}

/** What is left of a control frame for the reason. */
export const MAX_REASON_BYTES = 123

/** A text as it is after its way as UTF-8: lone surrogates have become U+FFFD. */
export const textOf = (value: unknown): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(`${value}`))

/** A copy of the bytes that a buffer or a view shows now. */
export const bytesOf = (source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()

/** How many bytes a message has on its way. */
export const sizeOf = (data: Message): number => {
  if (typeof data === "string") return new TextEncoder().encode(data).length
  return "size" in data ? data.size : data.byteLength
}

/** The closing frame that a server asks for; any code will do. Throws for what no frame can hold. */
export const closeFrameOf = (code: number | undefined, reason: string): CloseFrame => {
  if (code !== undefined && !(Number.isInteger(code) && code >= 0 && code <= 0xffff)) {
    throw new RangeError(`A close code has two bytes, and ${code} has not.`)
  }
  if (code === undefined && reason !== "") throw new TypeError(`The reason ${reason} needs a code before it.`)
  const text = textOf(reason)
  if (sizeOf(text) > MAX_REASON_BYTES) {
    throw new RangeError(`A close reason has ${MAX_REASON_BYTES} bytes at most, and ${reason} has more.`)
  }
  return { code, reason: text }
}
