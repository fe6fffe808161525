/**
 * Schemas of what may be sent.
 *
 * Norm: WHATWG WebSockets, `send(data)`; RFC 8259 for the JSON body.
 */
import * as Result from "effect/Result"
import * as Decoder from "./Decoder.ts"
import { inWords } from "./inWords.ts"
import * as payloads from "./payloadOf.ts"

export type { BlobLike } from "./payloadOf.ts"

/** What a WebSocket can write. */
export type Payload = payloads.Payload

/** Decodes a message to what is written. */
export const Payload: Decoder.Decoder<Payload> = Decoder.make(payloads.payloadOf)

const decode = Decoder.decode(Payload)

/** Decodes a message; fails with a sentence. Strings, which most messages are, skip the schema. */
export const decodePayload = (message: unknown): Result.Result<Payload, string> =>
  typeof message === "string" ? Result.succeed(message) : decode(message)

/** Returns why `value` has no JSON: a path into it, and the rest of a sentence. `cause` is what `JSON.stringify` threw. */
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

/** Decodes a record to its JSON text, by the rules of `JSON.stringify`: functions are left out, files become `{}`. */
export const Body: Decoder.Decoder<string> = Decoder.make((value) => {
  if (payloads.tagOf(value) !== "Object")
    return Result.fail(`a record was expected, not ${payloads.tagOf(value)}`)
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
