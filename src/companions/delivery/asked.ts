/** Reads how the messages of an element are to be delivered: `ws-ack="10s reset"`, and `ws-fallback`. */
import { attributeOf, selectorFor } from "../attributes.ts"
import { closest } from "../elements.ts"
import type { Htmx } from "../Htmx.ts"
import { requestOf } from "../htmxAttributes.ts"
import type { Report } from "../notices.ts"
import { durationOf, settingsOf } from "../settings.ts"

/** Settings of the companion: `htmx.config.ws.delivery`, or `delivery` in `ws-config` and `hx-config`. */
export interface DeliveryConfig {
  /** The default of `ws-ack`. */
  readonly ack?: string
  /**
   * The default of `ws-fallback`: `down`, `never`, or a duration.
   *
   * @default "down"
   */
  readonly fallback?: string
}

export interface Asked {
  /** How long to wait for an acknowledgement, in milliseconds; `undefined` for no wait. */
  readonly wait: number | undefined
  /** Whether the form is reset: when the message is acknowledged, or, without `wait`, when it is written. */
  readonly reset: boolean
  /** The request in place of a message, and how long to wait for the socket first. */
  readonly request: { readonly verb: string; readonly path: string; readonly after: number } | undefined
}

const usualWait = 10_000

export const askedFor = (htmx: Htmx, sender: Element, report: Report): Asked => {
  const { ack: usualAck = "sent", fallback: usualFallback = "down" } = settingsOf(htmx, sender, "delivery")
  const bearer = closest(sender, selectorFor(htmx, "ack"))
  const ack = String(bearer ? attributeOf(htmx, bearer, "ack") : usualAck)
  const fallback = String(attributeOf(htmx, sender, "fallback") || usualFallback)
  const has = (word: string): boolean => ack.split(" ").includes(word)

  const time = ack.replace(/\b(sent|reset)\b/g, "").trim()
  const wait = time === "" ? usualWait : durationOf(time)
  if (wait === undefined) report(`ws-ack="${ack}": expected a duration (10s) or "sent", and perhaps "reset"`)

  const after = fallback === "down" ? 0 : durationOf(fallback)
  const isNever = fallback === "never"
  if (after === undefined && !isNever)
    report(`ws-fallback="${fallback}": expected "down", "never", or a duration (2s)`)

  const request = isNever ? undefined : requestOf(htmx, sender)
  return {
    wait: has("sent") ? undefined : (wait ?? usualWait),
    reset: has("reset"),
    request: request && { ...request, after: after ?? 0 },
  }
}
