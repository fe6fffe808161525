/** Schemas over a function that decodes, or fails with a sentence. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Issue from "effect/SchemaIssue"
import * as Parser from "effect/SchemaParser"

export type Decoder<T> = Schema.declareConstructor<T, unknown, readonly []>

/** Makes a schema that decodes by `read`, whose failure becomes the message of the issue. */
export const make = <T>(read: (value: unknown) => Result.Result<T, string>): Decoder<T> =>
  Schema.declareConstructor<T, unknown>()(
    [],
    () => (value) =>
      Effect.fromResult(
        Result.mapError(read(value), (message) => new Issue.InvalidValue({ message }, value)),
      ),
  )

/** Returns a function that decodes, and fails with the message alone: the formatters of `SchemaError` are large. */
export const decode = <T>(decoder: Decoder<T>): ((value: unknown) => Result.Result<T, string>) => {
  const parse = Parser.decodeUnknownResult(decoder)
  return (value) =>
    Result.mapError(parse(value), (issue) =>
      String(issue._tag === "InvalidValue" ? issue.annotations?.message : issue),
    )
}
