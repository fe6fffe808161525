import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encode } from "../../src/htmx/Form.ts"
import type { SendConfig } from "../../src/htmx/v2/collect.ts"
import { parts } from "../setup/parts.ts"

const config = (parameters: Record<string, unknown>, headers?: Record<string, string>): SendConfig => ({
  parameters,
  unfilteredParameters: parameters,
  headers,
  errors: [],
  triggeringEvent: undefined,
  messageBody: undefined,
})

describe("the JSON of a form", () => {
  test("is what JSON.stringify makes of the values, and the headers under HEADERS", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
        (parameters, headers) => {
          const expected = JSON.stringify(
            headers === undefined ? { ...parameters } : { ...parameters, HEADERS: headers },
          )
          expect(encode(config(parameters, headers))).toEqual(Result.succeed(expected))
        },
      ),
    )
  })

  test.each(parts(4))("fails with a sentence, and never throws, for any other value, %s", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withMap: true, withDate: true })),
        (parameters) => {
          const result = encode(config(parameters))
          if (Result.isFailure(result)) expect(result.failure).toMatch(/./)
          else expect(result.success).toBe(JSON.stringify({ ...parameters }))
        },
      ),
      { numRuns: 125 },
    )
  })

  test("names the path of a value that has no JSON", () => {
    const bad = fc.constant(1n)
    const keys = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(keys, bad, (path, value) => {
        const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
        const result = encode(config(nested as Record<string, unknown>))
        expect(Result.isFailure(result) && result.failure).toContain(`${path.join(".")} is a ${typeof value}`)
      }),
    )
  })

  test("fails for a value whose toJSON throws", () => {
    const result = encode(
      config({
        a: {
          toJSON: () => {
            throw new Error("no")
          },
        },
      }),
    )
    expect(Result.isFailure(result) && result.failure).toContain("no")
  })
})
