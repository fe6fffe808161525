/**
 * Reads `htmx.config.ws`, `ws-config` and `hx-config`, each setting by its Schema. A value that cannot be read is reported
 * in a sentence, and ignored.
 */
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Connection from "../core/Connection.ts"
import * as Decoder from "../core/Decoder.ts"
import { defaults } from "../core/defaults.ts"
import { durationExamples, millis } from "../core/duration.ts"
import { inWords } from "../core/inWords.ts"
import { isToken } from "../core/isToken.ts"
import { decodePayload } from "../core/Payload.ts"
import { type Payload, tagOf } from "../core/payloadOf.ts"
import * as Reconnect from "../core/Reconnect.ts"
import { ancestors } from "./elements.ts"
import type { WsConfig } from "./WsConfig.ts"

/** Makes the schema of a setting. `read` returns `undefined` or throws if the value is invalid. */
const setting = <T>(expected: string, read: (value: unknown) => T | undefined): Decoder.Decoder<T> =>
  Decoder.make((value) => {
    let decoded: T | undefined
    try {
      decoded = read(value)
    } catch {}
    return decoded === undefined ? Result.fail(expected) : Result.succeed(decoded)
  })

const aDuration = `a duration ${durationExamples}`
const duration = setting(aDuration, millis)
/** Returns whether a value means off: any falsy one does, as in the official script for htmx 4. */
const isOff = (value: unknown): boolean => !value || value === "false" || value === "0"

const numberFrom =
  (min: number) =>
  (value: unknown): number | undefined => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
    return typeof number === "number" && number >= min ? number : undefined
  }

const readLimit = (value: unknown): number | undefined => numberFrom(1)(millis(value))
const aLimit = `${aDuration} of at least 1 ms`
const limit = setting(aLimit, readLimit)
const limitOrFalse = setting(`false, or ${aLimit}`, (value): number | false | undefined =>
  isOff(value) ? false : readLimit(value),
)

const aCount = "a whole number, or Infinity"
const isCount = (value: unknown): value is number => Number.isInteger(value) || value === Infinity

/** Decodes a number of things. A value that means off, and a negative number, are 0. */
const count = setting(aCount, (value) => {
  const number = typeof value !== "number" && isOff(value) ? 0 : numberFrom(-Infinity)(value)
  return isCount(number) || (number !== undefined && number < 0) ? Math.max(0, number) : undefined
})

const oneOf = <const T extends ReadonlyArray<string | boolean>>(...allowed: T) =>
  setting(allowed.map((value) => JSON.stringify(value)).join(" or "), (value): T[number] | undefined =>
    allowed.find((one) => one === value || String(one) === value || (one === false && isOff(value))),
  )

const list = (value: unknown): ReadonlyArray<unknown> | undefined =>
  Array.isArray(value) ? value : typeof value === "string" ? value.split(/[\s,]+/).filter(Boolean) : undefined

/** The first bound of the backoff, or a whole policy. */
type Delay = number | Reconnect.Policy

const delay = (value: unknown): Delay | undefined => {
  if (value === "full-jitter") return Reconnect.fullJitter
  if (typeof value === "function") return Reconnect.fromFunction((retryCount) => value(retryCount))
  return Schedule.isSchedule(value) ? (value as Reconnect.Policy) : millis(value)
}

/** The schema of each setting. */
export const decoders = {
  reconnect: oneOf(true, false),
  reconnectCodes: setting("a list of close codes from 1000 to 4999", (value) => {
    const codes = (list(value) ?? (typeof value === "number" ? [value] : undefined))?.map(Number)
    const isCode = (code: number): boolean => Number.isInteger(code) && code >= 1000 && code < 5000
    return codes?.every(isCode) ? new Set(codes) : undefined
  }),
  reconnectDelay: setting(`${aDuration}, "full-jitter", a function, or a Schedule`, delay),
  reconnectFactor: setting("a number of at least 1", numberFrom(1)),
  reconnectMaxDelay: duration,
  reconnectJitter: setting('"full", or a number from 0 to 1', (value): number | "full" | undefined => {
    const part = isOff(value) ? 0 : numberFrom(0)(value)
    return value === "full" ? "full" : part !== undefined && part <= 1 ? part : undefined
  }),
  reconnectMaxAttempts: count,
  reconnectStableAfter: duration,
  connectTimeout: limit,
  closeTimeout: duration,
  heartbeat: limitOrFalse,
  heartbeatMessage: setting("a message, or an object that has JSON", (value): Payload | undefined =>
    /^(Object|Array|Null)$/.test(tagOf(value))
      ? JSON.stringify(value)
      : Result.getOrUndefined(decodePayload(value)),
  ),
  heartbeatTimeout: limit,
  pauseOnBackground: setting(`true, false, or ${aDuration}`, (value): number | false | undefined =>
    value === true || value === "true" ? 0 : isOff(value) ? false : millis(value),
  ),
  queueCapacity: count,
  queueOverflow: oneOf("reject", "drop-oldest"),
  queueTtl: limitOrFalse,
  // The constructor of WebSocket throws for anything else (RFC 6455 §4.1).
  protocols: setting("a list of subprotocols, each once", (value) => {
    const protocols = list(value)
    const isUsable = (one: unknown, at: number): boolean =>
      typeof one === "string" && isToken(one) && protocols?.indexOf(one) === at
    return protocols?.every(isUsable) ? (protocols as ReadonlyArray<string>) : undefined
  }),
  binaryType: oneOf("blob", "arraybuffer"),
  waitTimeout: duration,
  selfOnly: oneOf(true, false),
  batch: oneOf(true, false, "latest"),
} satisfies { readonly [K in keyof WsConfig]-?: Decoder.Decoder<unknown> }

type Key = keyof typeof decoders

/** The settings that a source gives, decoded. */
type Given = { readonly [K in Key]?: (typeof decoders)[K]["Type"] }

/** The defaults that differ between versions of htmx. */
export interface Defaults {
  readonly reconnectDelay: Delay
  readonly reconnectMaxDelay: number
  readonly reconnectJitter: number | "full"
  readonly pauseOnBackground: number | false
  readonly queueCapacity?: number
}

/** The settings of an element, as adapters use them. Durations are milliseconds. */
export interface Decoded extends Connection.Settings {
  readonly pauseOnBackground: number | false
  readonly protocols: ReadonlyArray<string>
  readonly binaryType?: "blob" | "arraybuffer" | undefined
  readonly waitTimeout: number
  readonly selfOnly: boolean
  readonly batch: boolean | "latest"
}

/** A source of settings: the page, or an attribute. Sentences call it `name`. */
export interface Source {
  readonly name: string
  readonly value: unknown
  /** Parses `value` if it is a string. */
  readonly parse?: (text: string) => unknown
}

/** Returns the sources on an element and on those around it, the nearest last. `read` returns the source on one element. */
export const sourcesAround = (element: Element, read: (at: Element) => Source | undefined): Array<Source> => {
  const sources: Array<Source> = []
  for (const at of ancestors(element)) {
    const source = read(at)
    if (source !== undefined) sources.unshift(source)
  }
  return sources
}

/** Parses `{"key": value}`, or htmx 4's `key:value, key:value`. Returns any other text as it is. */
const parseText = (text: string): unknown => {
  if (text.trim().startsWith("{")) return JSON.parse(text)
  const pairs = text.matchAll(/([^\s,:]+)(?:\s*:\s*(?:"([^"]*)"|'([^']*)'|(\[[^\][]*\])|([^\s,]+)))?/g)
  const entries = Array.from(pairs, ([, key, double, single, array, bare]) => [
    key,
    double ?? single ?? (array === undefined ? bare : JSON.parse(array)),
  ]).filter(([, value]) => value !== undefined)
  return entries.length > 0 || text.trim() === "" ? Object.fromEntries(entries) : text
}

/** Returns `htmx.config.wsReconnectDelay` as settings. A duration is the same delay before each retry. */
export const ofReconnectDelay = (value: unknown): unknown => {
  // As in the official script, any falsy value, 0 included, means the default.
  if (!value || value === "full-jitter") return {}
  const delay = Decoder.decode(duration)(value)
  if (Result.isSuccess(delay)) {
    const { success } = delay
    return { reconnectDelay: success, reconnectMaxDelay: success, reconnectFactor: 1, reconnectJitter: 0 }
  }
  if (typeof value === "function")
    return { reconnectDelay: (retryCount: number) => asTimeout(value(retryCount)) }
  return typeof value === "object" && !Schedule.isSchedule(value) ? value : { reconnectDelay: value }
}

/** Converts a value to milliseconds as `setTimeout` does (WebIDL, `long`). */
const asTimeout = (value: unknown): number => Math.max(0, Number(value) | 0)

/** Returns a value as text for a sentence: as JSON if it has some. */
export const show = (value: unknown): string => {
  try {
    return (/^(string|object)$/.test(typeof value) && JSON.stringify(value)) || inWords(value)
  } catch {
    return inWords(value)
  }
}

/** Returns the fields of a source, as they are written. Reports a source that is not an object. */
export const fieldsOf = (
  { name, parse = parseText, value }: Source,
  report: (sentence: string) => void,
): object => {
  let fields = value
  try {
    if (typeof value === "string") fields = parse(value)
  } catch {}
  if (fields === undefined) return {}
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return fields
  report(`${name} was ignored: ${show(value)} is not an object`)
  return {}
}

/** Matches the settings of companions, which are records, or written like `signals.spread:2s`. */
const ofCompanions = /^(resume|signals|delivery|doctor|inspector)\b/

/** Decodes the settings of a source. Reports those that are wrong. */
const decode = (source: Source, report: (sentence: string) => void): Given => {
  const given: Record<string, unknown> = {}
  const { name } = source
  for (const [key, written] of Object.entries(fieldsOf(source, report))) {
    const field = key === "maxOutgoingMessagesQueueSize" ? "queueCapacity" : key
    if (written === undefined) continue
    if (!Object.hasOwn(decoders, field)) {
      if (ofCompanions.test(key)) continue
      report(`${name}: ${key} was ignored: there is no such setting`)
      continue
    }
    const decoded = Decoder.decode<unknown>(decoders[field as Key])(written)
    if (Result.isSuccess(decoded)) given[field] = decoded.success
    else report(`${name}: ${key} was ignored: it is ${show(written)}, expected ${decoded.failure}`)
  }
  return given
}

/**
 * Returns whether two values are the same and cannot have changed inside. Lists are compared item by item, three deep: a
 * list of pairs of a key and a list.
 */
const alike = (a: unknown, b: unknown, depth = 3): boolean =>
  depth > 0 && Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((part, at) => alike(part, b[at], depth - 1))
    : a === b && typeof a !== "object"

/**
 * Returns `read`, but reuses its last result if the settings are written in the same way, as on most elements of a page.
 * An object may have changed inside, and is read each time.
 */
export const memoized = <A>(
  read: (fields: object, about: A) => Decoded,
): ((fields: object, about: A) => Decoded) => {
  let last: { readonly written: ReadonlyArray<unknown>; readonly decoded: Decoded } | undefined
  return (fields, about) => {
    const written = Object.entries(fields).map(([key, value]) => [
      key,
      Array.isArray(value) ? [...value] : value,
    ])
    if (last === undefined || !alike(written, last.written)) last = { written, decoded: read(fields, about) }
    return last.decoded
  }
}

/** Defaults of the extension on every version of htmx, in addition to those of `core/defaults.ts`. */
const ofExtension = {
  reconnectFactor: 2,
  queueTtl: false,
  protocols: [],
  waitTimeout: 10_000,
  selfOnly: false,
  batch: false,
} as const satisfies Given

type All = Defaults & Required<Omit<Given, "binaryType">> & Pick<Given, "binaryType">

const policy = (all: All): Reconnect.Policy => {
  const {
    reconnectDelay: base,
    reconnectFactor: factor,
    reconnectJitter: jitter,
    reconnectMaxDelay: max,
  } = all
  return typeof base === "number" ? Reconnect.exponential({ base, factor, jitter, max }) : base
}

/** Returns the settings of one element: each from the last source that gives it, or else its default. */
export const resolve = (
  sources: Iterable<Source>,
  ofVersion: Defaults,
  report: (sentence: string) => void,
): Decoded => {
  const given = Array.from(sources, (source) => decode(source, report))
  const all: All = Object.assign({}, defaults, ofExtension, ofVersion, ...given)
  const { heartbeat: interval, heartbeatMessage: message, heartbeatTimeout: timeout } = all
  return {
    ...all,
    reconnectPolicy: policy(all),
    heartbeat: interval ? { interval, timeout, message } : undefined,
    queueTtl: all.queueTtl || undefined,
  }
}
