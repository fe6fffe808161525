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
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

const isBlob = (value: unknown): boolean => /^(Blob|File)$/.test(tagOf(value))

export const Payload: Decoder.Decoder<Payload> = Decoder.make((value) =>
  typeof value === "string" ||
  tagOf(ArrayBuffer.isView(value) ? value.buffer : value) === "ArrayBuffer" ||
  isBlob(value)
    ? Result.succeed(value as Payload)
    : Result.fail(
        `a message must be a string, a Blob, an ArrayBuffer or a view of one, and not ${tagOf(value)}`,
      ),
)

const decode = Decoder.decode(Payload)

/** Decodes a message; fails with a sentence. Most are strings, and do not pay for what the others may be. */
export const decodePayload = (message: unknown): Result.Result<Payload, string> =>
  typeof message === "string" ? Result.succeed(message) : decode(message)

/** Why a field of `record` has no JSON, as a sentence that starts with its path; `undefined` where all have. */
const noJson = (
  record: Readonly<Record<string, unknown>>,
  parents: ReadonlyArray<object>,
): string | undefined => {
  const chain = [...parents, record]
  for (const key of Object.keys(record)) {
    const problem = noJsonOf(record[key], chain)
    if (problem !== undefined) return key + problem
  }
  return undefined
}

/** The same of one value, as the rest of that sentence. */
const noJsonOf = (value: unknown, parents: ReadonlyArray<object>): string | undefined => {
  const type = typeof value
  if (type === "function" || type === "symbol" || type === "bigint")
    return ` is a ${type}, which JSON cannot hold`
  if (typeof value !== "object" || value === null || isBlob(value)) return undefined
  if (parents.includes(value)) return " contains itself, which JSON cannot hold"
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined
  const problem = noJson(value as Record<string, unknown>, parents)
  return problem && `.${problem}`
}

/** The JSON object of a form: a record of JSON values. A file becomes `{}`, as `JSON.stringify` has it. */
export const Body: Decoder.Decoder<Readonly<Record<string, unknown>>> = Decoder.make((value) => {
  if (tagOf(value) !== "Object") return Result.fail(`a record was expected, and not ${tagOf(value)}`)
  try {
    const record = value as Record<string, unknown>
    const problem = typeof record.toJSON === "function" ? undefined : noJson(record, [])
    return problem === undefined ? Result.succeed(record) : Result.fail(problem)
  } catch (cause) {
    return Result.fail(`a value cannot be read (${inWords(cause)})`)
  }
})
