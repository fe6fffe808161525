/** Schemas that read with a function, and tell in words what they expected. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Issue from "effect/SchemaIssue"
import * as Parser from "effect/SchemaParser"

export type Decoder<T> = Schema.declareConstructor<T, unknown, readonly []>

/** A schema of what `read` succeeds with; `read` fails with the message of the issue. */
export const make = <T>(read: (value: unknown) => Result.Result<T, string>): Decoder<T> =>
  Schema.declareConstructor<T, unknown>()(
    [],
    () => (value) =>
      Effect.fromResult(
        Result.mapError(read(value), (message) => new Issue.InvalidValue({ message }, value)),
      ),
  )

/** Decodes; fails with the message alone. The formatter of `SchemaError` would weigh more than all of this. */
export const decode = <T>(decoder: Decoder<T>): ((value: unknown) => Result.Result<T, string>) => {
  const parse = Parser.decodeUnknownResult(decoder)
  return (value) =>
    Result.mapError(parse(value), (issue) =>
      String(issue._tag === "InvalidValue" ? issue.annotations?.message : issue),
    )
}
