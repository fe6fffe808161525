/**
 * Codecs of Standard Schemas, the interface that Zod, Valibot, ArkType and Effect share.
 *
 * Norm: Standard Schema 1.
 */
import * as Effect from "effect/Effect"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import * as Codec from "./Codec.ts"
import { check, standardSchema } from "./check.ts"

/**
 * Makes a codec of Standard Schemas: a message is sent as the output of `outgoing`, and arrives as that of `incoming`.
 * Throws a `TypeError` if one is none.
 */
export const codec = <Out, In>(
  outgoing: StandardSchemaV1<Out, unknown> | undefined,
  incoming: StandardSchemaV1<unknown, In> | undefined,
  format: Codec.Format,
): Codec.Codec<Out, In> => {
  check("outgoing", standardSchema, outgoing, undefined)
  check("incoming", standardSchema, incoming, undefined)
  const validOut = validate(outgoing)
  const validIn = validate(incoming)
  if (format === "raw") return Codec.make(validOut, (frame) => validIn(Codec.bytes(frame)))
  return Codec.make(
    (message) =>
      Effect.map(validOut(message), (value) => {
        const json = JSON.stringify(value)
        // What has no JSON is no message, in either kind of frame.
        return format === "json" || json === undefined ? json : Codec.utf8(json)
      }),
    (frame) => Effect.flatMap(Effect.map(Codec.text(frame), parse), validIn),
  )
}

const parse = (text: unknown): unknown => JSON.parse(text as string)

const validate =
  <Output>(schema: StandardSchemaV1<unknown, Output> | undefined) =>
  (value: unknown): Effect.Effect<Output, string> => {
    if (schema === undefined) return Effect.succeed(value as Output)
    const result = schema["~standard"].validate(value)
    return Effect.flatMap(
      isThenable(result) ? Effect.promise(async () => result) : Effect.succeed(result),
      (result) =>
        result.issues === undefined
          ? Effect.succeed(result.value)
          : Effect.fail(result.issues.map(sentenceOf).join("; ")),
    )
  }

/** By `then`, and not by `instanceof`: it may be of another window or a library, or older than zone.js. */
const isThenable = <A extends object>(value: A | PromiseLike<A>): value is PromiseLike<A> =>
  "then" in value && typeof value.then === "function"

const sentenceOf = ({ message, path = [] }: StandardSchemaV1.Issue): string => {
  const keys = path.map((segment) => String(typeof segment === "object" ? segment.key : segment))
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`
}
