import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as Decoder from "../../src/core/Decoder.ts"
import { Body, Payload } from "../../src/core/Payload.ts"
import { parts } from "../setup/parts.ts"
import { holds } from "./holds.ts"

const payload = Decoder.decode(Payload)
const body = Decoder.decode(Body)

class Point {
  x = 1
  y = 2
}

describe("a message", () => {
  test.each<[string, unknown]>([
    ["a string", "hi"],
    ["an empty string", ""],
    ["an ArrayBuffer", new ArrayBuffer(2)],
    ["an ArrayBuffer of another window", structuredClone(new ArrayBuffer(2))],
    ["a typed array", new Uint8Array(2)],
    ["a DataView", new DataView(new ArrayBuffer(2))],
    ["a Blob", new Blob(["hi"])],
    ["a File", new File(["hi"], "hi.txt")],
  ])("may be %s, and stays the same object", (_, value) => {
    const result = payload(value)
    expect(Result.isSuccess(result) && result.success).toBe(value)
  })

  test.each<[unknown, string]>([
    [1.5, "1.5"],
    [0, "0"],
    [false, "false"],
    [new String("boxed"), "boxed"],
    [new Number(7), "7"],
    [new URLSearchParams("a=1&b=x y"), "a=1&b=x+y"],
  ])("may be what has a plain text of its own, which is what is written: %s", (value, text) => {
    expect(payload(value)).toEqual(Result.succeed(text))
  })

  test.each<[unknown, string]>([
    [null, "Null"],
    [undefined, "Undefined"],
    [{}, "Object"],
    [[], "Array"],
    [Symbol("s"), "Symbol"],
    [1n, "BigInt"],
    [() => {}, "Function"],
    [new Date(0), "Date"],
  ])("may not be %s", (value, tag) => {
    expect(payload(value)).toEqual(
      Result.fail(
        `a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not ${tag}`,
      ),
    )
  })

  test("may not be shared memory, which no WebSocket takes", () => {
    expect(Result.isFailure(payload(new SharedArrayBuffer(2)))).toBe(true)
    expect(Result.isFailure(payload(new Uint8Array(new SharedArrayBuffer(2))))).toBe(true)
  })
})

describe("the body of a message", () => {
  test.each<[string, unknown]>([
    ["nothing in it", {}],
    ["null and undefined", { a: null, b: undefined }],
    ["what JSON writes as null", { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: [undefined] }],
    ["a Date", { at: new Date(0) }],
    ["an object with toJSON", { a: { toJSON: () => 1, f: () => {} } }],
    ["a Blob and a File", { a: new Blob(), b: [new File([], "f")] }],
    ["the same object twice, side by side", ((o) => ({ a: o, b: [o, o] }))({ x: 1 })],
    ["an instance of a class", { p: new Point() }],
    ["no prototype", Object.assign(Object.create(null), { a: 1 })],
    ["a function, which is left out", { a: { b: () => {}, c: [() => {}] } }],
    ["a symbol, which is left out", { a: Symbol("s"), [Symbol("key")]: 1, list: [Symbol("s")] }],
    ["a bigint with a toJSON", { n: Object.assign(Object(1n), { toJSON: () => "1" }) }],
  ])("may have %s", (_, value) => {
    expect(body(value)).toEqual(Result.succeed(JSON.stringify(value)))
  })

  const refuse = (): never => {
    throw new Error("no")
  }
  const loop: Record<string, unknown> = { name: "loop" }
  loop.self = loop
  const list: Array<unknown> = [{ ok: 1 }]
  list.push({ back: list })

  test.each<[string, unknown, string]>([
    ["a bigint", { n: 1n }, "n is a bigint, which JSON cannot hold"],
    [
      "a bigint beside much else",
      { a: { b: [0, 1n] }, f: () => {} },
      "a.b.1 is a bigint, which JSON cannot hold",
    ],
    ["itself", loop, "self contains itself, which JSON cannot hold"],
    ["a cycle further down", { list }, "list.1.back contains itself, which JSON cannot hold"],
    ["a bigint under an empty key", { "": 1n }, " is a bigint, which JSON cannot hold"],
    ["a toJSON that throws", { a: { toJSON: refuse } }, "a has no JSON (Error: no)"],
    ["a toJSON that throws on top", { toJSON: refuse }, "the record has no JSON (Error: no)"],
    [
      "what throws when it is read",
      {
        get secret() {
          return refuse()
        },
      },
      "secret cannot be read (Error: no)",
    ],
    ["a toJSON that gives nothing", { toJSON: () => undefined }, "the record has no JSON"],
  ])("may not have %s: the sentence names the path", (_, value, sentence) => {
    expect(body(value)).toEqual(Result.fail(sentence))
  })

  test.each<[unknown, string]>([
    [null, "Null"],
    [undefined, "Undefined"],
    ["text", "String"],
    [1, "Number"],
    [[], "Array"],
    [() => {}, "Function"],
    [new Map(), "Map"],
    [new Date(0), "Date"],
  ])("may not be %s", (value, tag) => {
    expect(body(value)).toEqual(Result.fail(`a record was expected, not ${tag}`))
  })

  test("every record of JSON values passes, and comes back from JSON the same", () => {
    holds(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(body(value)).toEqual(Result.succeed(JSON.stringify(value)))
      }),
      500,
    )
  })

  test.each(parts(4))(
    "the text is what JSON.stringify makes of anything, and what it refuses is a sentence, %s",
    () => {
      const anything = fc.dictionary(
        fc.string(),
        fc.anything({
          withBigInt: true,
          withBoxedValues: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withObjectString: true,
          withSet: true,
          withSparseArray: true,
          withTypedArray: true,
        }),
      )
      holds(
        fc.property(anything, (value) => {
          const result = body(value)
          if (Result.isSuccess(result)) expect(result.success).toBe(JSON.stringify(value))
          else expect(() => JSON.stringify(value)).toThrow()
        }),
        250,
      )
    },
  )

  test("a bigint is found wherever it hides", () => {
    const path = fc.array(fc.oneof(fc.nat(3), fc.string({ minLength: 1, maxLength: 4 })), { minLength: 1 })
    holds(
      fc.property(path, (path) => {
        const value = path.reduceRight<unknown>(
          (inner, step) =>
            typeof step === "number" ? [...Array(step).fill(0), inner] : { other: 1, [step]: inner },
          1n,
        )
        const result = body({ top: value })
        expect(Result.isFailure(result) && result.failure).toBe(
          `${["top", ...path].join(".")} is a bigint, which JSON cannot hold`,
        )
      }),
      300,
    )
  })
})

describe("a decoder", () => {
  test("returns the decoded value, or the message of its error", () => {
    const even = Decoder.decode(
      Decoder.make((value) =>
        typeof value === "number" && value % 2 === 0 ? Result.succeed(value / 2) : Result.fail("odd"),
      ),
    )
    expect(even(4)).toEqual(Result.succeed(2))
    expect(even(3)).toEqual(Result.fail("odd"))
  })
})
