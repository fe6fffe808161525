/**
 * What may be sent, without Schema: `connect` does not load it.
 *
 * Norm: WHATWG WebSockets, `send(data)`.
 */
import * as Result from "effect/Result"
import { inWords } from "./inWords.ts"

/** The members of a `Blob` that the core needs, which compiles without DOM. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** What a WebSocket can write. It silently turns everything else into text, such as `"[object Object]"`. */
export type Payload = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | BlobLike

// By tag and not by `instanceof`: an object may come from another window of the page.
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

/** Returns what to write for a message: numbers, booleans and URLSearchParams as text. Fails with a sentence. */
export const payloadOf = (value: unknown): Result.Result<Payload, string> => {
  const tag = tagOf(ArrayBuffer.isView(value) ? value.buffer : value)
  if (typeof value === "string" || /^(ArrayBuffer|Blob|File)$/.test(tag))
    return Result.succeed(value as Payload)
  return /^(String|Number|Boolean|URLSearchParams)$/.test(tag)
    ? Result.succeed(inWords(value))
    : Result.fail(
        `a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not ${tag}`,
      )
}
