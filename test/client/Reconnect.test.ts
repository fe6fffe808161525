/** The policies that programs make: one that gives no delays is a mistake of the program. */
import { describe, expect, test } from "vitest"
import { Reconnect } from "../../src/index.ts"

const options = { base: 500, factor: 2, max: 60_000, jitter: 0.3 }
const { NaN: nan, POSITIVE_INFINITY: infinite } = Number

describe("exponential", () => {
  test.for([
    ["base", [nan, infinite, -1, "500", undefined, null]],
    ["factor", [nan, infinite, 0.5, 0, -2, undefined]],
    ["max", [nan, -infinite, -1, "1s", undefined]],
    ["jitter", [nan, infinite, -0.1, 1.1, "half", undefined]],
  ] as const)("refuses a %s with which there are no delays", ([name, values]) => {
    for (const value of values)
      expect(() => Reconnect.exponential({ ...options, [name]: value as never })).toThrow(`${name} must be`)
  })

  test.for([
    { base: 0 },
    { base: 0.5 },
    { factor: 1 },
    { max: 0 },
    { max: infinite },
    { jitter: 0 },
    { jitter: 1 },
    { jitter: "full" as const },
  ])("takes %o", (other) => {
    expect(() => Reconnect.exponential({ ...options, ...other })).not.toThrow()
  })
})

test("constant refuses a delay that is none, and takes 0", () => {
  for (const value of [nan, infinite, -1, "500" as never, undefined as never])
    expect(() => Reconnect.constant(value)).toThrow("delay must be")
  expect(() => Reconnect.constant(0)).not.toThrow()
})
