/**
 * Schemas of what may be sent.
 *
 * Norm: WHATWG WebSockets, `send(data)`; RFC 8259 for the JSON body.
 */
import * as Result from "effect/Result"
import * as Decoder from "./Decoder.ts"
import { inWords } from "./inWords.ts"

/** A `Blob`, as far as the core needs to know it. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** What a WebSocket can write. Everything else it would turn into text silently: `"[object Object]"`. */
export type Payload = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | BlobLike

// By tag and not by `instanceof`: a page may send what another of its windows has made.
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

/** Decodes to what is written: what has a plain text of its own, to that. */
export const Payload: Decoder.Decoder<Payload> = Decoder.make((value) => {
  const tag = tagOf(ArrayBuffer.isView(value) ? value.buffer : value)
  if (typeof value === "string" || /^(ArrayBuffer|Blob|File)$/.test(tag))
    return Result.succeed(value as Payload)
  return /^(String|Number|Boolean|URLSearchParams)$/.test(tag)
    ? Result.succeed(inWords(value))
    : Result.fail(
        `a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not ${tag}`,
      )
})

const decode = Decoder.decode(Payload)

/** Decodes a message; fails with a sentence. Most are strings, and do not pay for what the others may be. */
export const decodePayload = (message: unknown): Result.Result<Payload, string> =>
  typeof message === "string" ? Result.succeed(message) : decode(message)

/** Why `value` has no JSON, as the rest of a sentence that names the path to it. `cause` is what `JSON.stringify` threw. */
const noJson = (value: unknown, cause: unknown, parents: ReadonlyArray<unknown>): string => {
  if (typeof value === "bigint") return " is a bigint, which JSON cannot hold"
  if (parents.includes(value)) return " contains itself, which JSON cannot hold"
  for (const key of Object.keys(value as object)) {
    let inner: unknown
    try {
      inner = (value as Record<string, unknown>)[key]
      JSON.stringify(inner)
    } catch (reason) {
      const rest = inner === undefined ? ` cannot be read (${inWords(reason)})` : undefined
      return `.${key}${rest ?? noJson(inner, reason, [...parents, value])}`
    }
  }
  return ` has no JSON (${inWords(cause)})`
}

/** The JSON text of a record, by the rules of `JSON.stringify`: a function is left out, and a file becomes `{}`. */
export const Body: Decoder.Decoder<string> = Decoder.make((value) => {
  if (tagOf(value) !== "Object") return Result.fail(`a record was expected, not ${tagOf(value)}`)
  try {
    const text: unknown = JSON.stringify(value)
    return typeof text === "string" ? Result.succeed(text) : Result.fail("the record has no JSON")
  } catch (cause) {
    let problem: string
    try {
      problem = noJson(value, cause, [])
    } catch {
      problem = ` has no JSON (${inWords(cause)})`
    }
    return Result.fail(problem.startsWith(".") ? problem.slice(1) : `the record${problem}`)
  }
})
