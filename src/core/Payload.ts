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

/** Why `value` has no JSON, as a sentence that starts with its path; `undefined` where it has. */
const noJson = (value: unknown, path: string, parents: ReadonlyArray<unknown>): string | undefined => {
  if (/^(function|symbol|bigint)$/.test(typeof value))
    return `${path} is a ${typeof value}, which JSON cannot hold`
  if (typeof value !== "object" || value === null || isBlob(value)) return undefined
  if (parents.includes(value)) return `${path} contains itself, which JSON cannot hold`
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined
  const chain = [...parents, value]
  for (const [key, field] of Object.entries(value)) {
    const problem = noJson(field, path === "" ? key : `${path}.${key}`, chain)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** The JSON object of a form: a record of JSON values. A file becomes `{}`, as `JSON.stringify` has it. */
export const Body: Decoder.Decoder<Readonly<Record<string, unknown>>> = Decoder.make((value) => {
  if (tagOf(value) !== "Object") return Result.fail(`a record was expected, and not ${tagOf(value)}`)
  try {
    const problem = noJson(value, "", [])
    return problem === undefined ? Result.succeed(value as Record<string, unknown>) : Result.fail(problem)
  } catch (cause) {
    return Result.fail(`a value cannot be read (${inWords(cause)})`)
  }
})
