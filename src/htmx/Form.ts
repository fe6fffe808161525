/** The values of a form as one JSON object. */
import * as Result from "effect/Result"
import * as Decoder from "../core/Decoder.ts"
import { Body } from "../core/Payload.ts"

/** Each name once, with a list of its values if there are several: as the form has them, not as text. */
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

/** The JSON object, with the headers under `HEADERS`; fails with a sentence if a value has no JSON. */
export const encode = ({
  headers,
  parameters,
}: {
  readonly parameters: object
  readonly headers?: object | undefined
}): Result.Result<string, string> => decode(headers ? { ...parameters, HEADERS: headers } : { ...parameters })

/** Returns what `decode` returns; fails with a sentence if it throws, as it does for a getter of the page that throws. */
export const readable = <A>(decode: () => Result.Result<A, string>): Result.Result<A, string> => {
  try {
    return decode()
  } catch {
    return Result.fail("reading the message throws")
  }
}
