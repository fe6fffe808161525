/** Encodes the values of a form as one JSON object. */
import * as Result from "effect/Result"
import * as Decoder from "../core/Decoder.ts"
import { Body } from "../core/Payload.ts"

/** Returns the fields of a form as a record. A name with several values has a list of them. */
export const toRecord = (formData: FormData): Record<string, unknown> => {
  // A map, since every name is a field, `__proto__` included.
  const fields = new Map<string, unknown>()
  // `forEach` takes Chromium many times as long.
  for (const [name, value] of formData) {
    const values = fields.get(name)
    if (Array.isArray(values)) values.push(value)
    else fields.set(name, fields.has(name) ? [values, value] : value)
  }
  return Object.fromEntries(fields)
}

const decode = Decoder.decode(Body)

/** Returns the JSON text, with the headers under `HEADERS`. Fails with a sentence if a value has no JSON. */
export const encode = ({
  headers,
  parameters,
}: {
  readonly parameters: object
  readonly headers?: object | undefined
}): Result.Result<string, string> => decode(headers ? { ...parameters, HEADERS: headers } : { ...parameters })

/** Returns what `decode` returns. Fails with a sentence if it throws, as a getter of the page may. */
export const tryDecode = <A>(decode: () => Result.Result<A, string>): Result.Result<A, string> => {
  try {
    return decode()
  } catch {
    return Result.fail("reading the message throws")
  }
}
