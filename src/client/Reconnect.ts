/**
 * When to dial again: policies as `Schedule`s, and the close codes after which they apply.
 *
 * **Example**
 *
 * ```ts
 * import { CloseCode, connect, Reconnect } from "htmx-ext-effect-ws"
 *
 * await using chat = await connect("wss://example.org/chat", {
 *   reconnect: Reconnect.exponential({ base: 500, factor: 2, max: 30_000, jitter: "full" }),
 *   reconnectCodes: [...Reconnect.defaultCodes, CloseCode.NormalClosure],
 * })
 * await chat.send({ text: "Hello" })
 * ```
 */
import * as Reconnect from "../core/Reconnect.ts"
import { type Reader, required } from "./check.ts"

export { DelayError, defaultCodes, fromFunction, fullJitter, type Policy } from "../core/Reconnect.ts"

const number = (least: number, most: number, expected: string): Reader<number> => ({
  expected,
  read: (value) => (typeof value === "number" && value >= least && value <= most ? value : undefined),
})

const millis = number(0, Number.MAX_VALUE, "a finite number of milliseconds")
const cap = number(0, Infinity, "a number of milliseconds")
const growth = number(1, Number.MAX_VALUE, "a finite number of at least 1")
const spread = number(0, 1, '"full", or a number from 0 to 1')
const jitter: Reader<"full" | number> = {
  expected: spread.expected,
  read: (value) => (value === "full" ? value : spread.read(value)),
}

/**
 * Makes an exponential backoff: the bound of the nth delay is `min(base × factorⁿ⁻¹, max)`. Durations in milliseconds.
 * `jitter: "full"` is uniform in [0, bound); a number j is bound × (1 ± j). Throws a `TypeError` that names the option if
 * one gives no delays.
 *
 * Norm: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export const exponential = (options: Parameters<typeof Reconnect.exponential>[0]): Reconnect.Policy =>
  Reconnect.exponential({
    base: required("base", millis, options.base),
    factor: required("factor", growth, options.factor),
    max: required("max", cap, options.max),
    jitter: required("jitter", jitter, options.jitter),
  })

/** Makes a policy of the same delay before each retry, in milliseconds. Throws a `TypeError` if it is none. */
export const constant = (delay: number): Reconnect.Policy =>
  Reconnect.constant(required("delay", millis, delay))
