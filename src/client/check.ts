/** Checks of settings. A setting that can never work is a mistake of the program, and throws at once. */
import * as Schedule from "effect/Schedule"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { durationExamples, millis } from "../core/duration.ts"
import { inWords } from "../core/inWords.ts"
import { isToken } from "../core/isToken.ts"
import { type Payload, tagOf } from "../core/payloadOf.ts"
import type * as Reconnect from "../core/Reconnect.ts"
import type { SocketClosed } from "../core/Socket.ts"

/** How a setting is read. */
export interface Reader<T> {
  /** The rest of "a setting must be". */
  readonly expected: string
  /** Returns the value as it is used. Returns `undefined` or throws if the value is not as expected. */
  readonly read: (value: unknown) => T | undefined
  /** Returns what to quote of a wrong value, if not all of it. */
  readonly wrong?: (value: unknown) => string | undefined
}

/** Returns what `reader` reads, or the default if the value is `undefined`. Throws a `TypeError` that names the setting. */
export const check = <T, D>(name: string, reader: Reader<T>, value: unknown, otherwise: D): T | D =>
  value === undefined ? otherwise : required(name, reader, value)

/** Does what `check` does, for an option without a default. */
export const required = <T>(name: string, { expected, read, wrong }: Reader<T>, value: unknown): T => {
  let found: T | undefined
  try {
    found = read(value)
  } catch {}
  if (found === undefined)
    throw new TypeError(`${name} must be ${expected}, not ${wrong?.(value) ?? shown(value)}`)
  return found
}

const shown = (value: unknown): string => {
  if (typeof value === "function") return "a function"
  if (typeof value !== "string" && !Array.isArray(value)) return inWords(value)
  try {
    return JSON.stringify(value)
  } catch {
    return inWords(value)
  }
}

/** A duration of at least `least` milliseconds. */
export const duration = (least: number): Reader<number> => ({
  expected: `a duration${least > 0 ? ` of at least ${least} ms` : ""} ${durationExamples}`,
  read: (value) => {
    const found = millis(value)
    return found !== undefined && found >= least ? found : undefined
  },
})

export const orFalse = <T>({ expected, read }: Reader<T>): Reader<T | false> => ({
  expected: `false, or ${expected}`,
  read: (value) => (value === false ? false : read(value)),
})

/** A whole number of at least `least`. */
export const count = (least: number): Reader<number> => ({
  expected: `a whole number of at least ${least}, or Infinity`,
  read: (value) =>
    typeof value === "number" && value >= least && (Number.isInteger(value) || value === Infinity)
      ? value
      : undefined,
})

export const oneOf = <const T extends ReadonlyArray<string>>(...allowed: T): Reader<T[number]> => ({
  expected: allowed.map((one) => JSON.stringify(one)).join(" or "),
  read: (value) => allowed.find((one) => one === value),
})

export const closeCodes: Reader<ReadonlySet<number>> = {
  expected: "a list of close codes from 1000 to 4999",
  read: (value) => {
    const codes = [...(value as Iterable<number>)]
    return typeof value !== "string" &&
      codes.every((code) => Number.isInteger(code) && code >= 1000 && code < 5000)
      ? new Set(codes)
      : undefined
  },
}

export const delay: Reader<
  Reconnect.Policy | ((retryCount: number, closed: SocketClosed) => number) | false
> = {
  expected: "a Schedule, a function that returns milliseconds, or false",
  read: (value) =>
    value === false || typeof value === "function" || Schedule.isSchedule(value)
      ? (value as Reconnect.Policy)
      : undefined,
}

export const aBoolean: Reader<boolean> = {
  expected: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
}

export const aFunction: Reader<(...args: ReadonlyArray<never>) => unknown> = {
  expected: "a function",
  read: (value) => (typeof value === "function" ? (value as () => unknown) : undefined),
}

type Headers = Readonly<Record<string, string>>
const areHeaders = (value: unknown): value is Headers => tagOf(value) === "Object"

const wrongHeader = (headers: Headers): string | undefined =>
  Object.keys(headers).find((name) => {
    const value: unknown = headers[name]
    return !isToken(name) || typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  })

/** The constructor of WebSocket throws for anything else (RFC 9110 §5.1 and §5.5, with the bytes of Latin-1). */
export const headers: Reader<Headers> = {
  expected: "a record of header names (without spaces) and strings (Latin-1, without line breaks)",
  read: (value) => (areHeaders(value) && wrongHeader(value) === undefined ? value : undefined),
  // Without the value, which may be a secret.
  wrong: (value) => (areHeaders(value) ? `{ ${JSON.stringify(wrongHeader(value))}: … }` : undefined),
}

/** A frame that is written as it is. */
export const frame: Reader<Payload> = {
  expected: "a string, a Blob, an ArrayBuffer or a view of one",
  read: (value) =>
    typeof value === "string" ||
    /^(ArrayBuffer|Blob|File)$/.test(tagOf(ArrayBuffer.isView(value) ? value.buffer : value))
      ? (value as Payload)
      : undefined,
}

/**
 * The constructor of WebSocket throws for anything else. RFC 6455 §4.1 asks for unique strings; some constructors compare
 * them without case.
 */
export const subprotocols = (ignoresCase: boolean): Reader<ReadonlyArray<string>> => ({
  expected: `a subprotocol without spaces, or a list of them, each once${ignoresCase ? " (Node and Deno ignore case)" : ""}`,
  read: (value) => {
    const list = typeof value === "string" ? [value] : [...(value as Iterable<string>)]
    const distinct = new Set(ignoresCase ? list.map((one) => one.toLowerCase()) : list)
    return distinct.size === list.length && list.every((one) => typeof one === "string" && isToken(one))
      ? list
      : undefined
  },
})

export const standardSchema: Reader<StandardSchemaV1> = {
  expected: "a Standard Schema (of Zod, Valibot, ArkType, or Schema.toStandardSchemaV1)",
  read: (value) => {
    const schema = value as StandardSchemaV1
    return typeof schema["~standard"].validate === "function" ? schema : undefined
  },
}
