/**
 * The frames between a page and its peer.
 *
 * Norm: RFC 6455 §5.5 and §5.6.
 */
import type { PlatformBlob } from "./Platform.ts"

/** A message: a text, or bytes. A `Blob` stays a `Blob`, since reading it would take a promise. */
export type MessageData = string | Uint8Array<ArrayBuffer> | PlatformBlob

/** The body of a close frame (RFC 6455 §5.5.1). Without a code it is empty. */
export interface CloseFrame {
  readonly code: number | undefined
  readonly reason: string
}

/** The longest reason that a close frame can hold. */
export const MAX_REASON_BYTES = 123

/** Returns a text as UTF-8 delivers it: lone surrogates become U+FFFD. */
export const textOf = (value: unknown): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(`${value}`))

/** Returns a copy of the bytes of a buffer or a view. */
export const bytesOf = (source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()

/** Returns the size of a message in bytes. */
export const sizeOf = (data: MessageData): number => {
  if (typeof data === "string") return new TextEncoder().encode(data).length
  return "size" in data ? data.size : data.byteLength
}

/** Returns the sentence about a reason that no close frame can hold. */
export const tooLong = (reason: string): string =>
  `close reason must have at most ${MAX_REASON_BYTES} bytes of UTF-8: ${JSON.stringify(reason)}`

/** Makes a close frame with any code. Throws if no frame can hold the code or the reason. */
export const closeFrameOf = (code: number | undefined, reason: string): CloseFrame => {
  if (code !== undefined && !(Number.isInteger(code) && code >= 0 && code <= 0xffff)) {
    throw new RangeError(`close code must be an integer from 0 to 65535, not ${code}`)
  }
  if (code === undefined && reason !== "")
    throw new TypeError(`a close reason needs a close code: ${JSON.stringify(reason)}`)
  const text = textOf(reason)
  if (sizeOf(text) > MAX_REASON_BYTES) {
    throw new RangeError(tooLong(reason))
  }
  return { code, reason: text }
}
