/** What a page asks for the messages of an element: `ws-ack="10s reset"`, and `ws-fallback`. */
import { attributeOf, selectorFor } from "./attributes.ts"
import type { Htmx } from "./Htmx.ts"
import { requestOf } from "./htmxAttributes.ts"
import type { Report } from "./notices.ts"
import { durationOf, settingsOf } from "./settings.ts"

/** Settings of the companion: `htmx.config.ws.delivery`, or `delivery` in `ws-config` and `hx-config`. */
export interface DeliveryConfig {
  /** `ws-ack` where there is none. */
  readonly ack?: string
  /**
   * `ws-fallback` where there is none: `down`, `never`, or a duration.
   *
   * @default "down"
   */
  readonly fallback?: string
}

export interface Asked {
  /** How long to wait for an acknowledgement, in milliseconds; `undefined` if nobody waits for one. */
  readonly wait: number | undefined
  /** Whether the form is reset: when the message is acknowledged, or when it is written if nobody waits. */
  readonly reset: boolean
  /** The request in place of a message, and how long to wait for the socket first. */
  readonly request: { readonly verb: string; readonly path: string; readonly after: number } | undefined
}

const usualWait = 10_000

export const askedFor = (htmx: Htmx, sender: Element, report: Report): Asked => {
  const { ack: usual, fallback: usualFallback = "down" } = settingsOf(htmx, sender, "delivery")
  const bearer = sender.closest(selectorFor(htmx, "ack"))
  const ack = bearer === null ? usual : attributeOf(htmx, bearer, "ack")
  const words = ack === undefined ? ["sent"] : String(ack).split(/\s+/).filter(Boolean)
  const times = words.filter((word) => !/^(sent|reset)$/.test(word))
  const wait = times[0] === undefined ? usualWait : durationOf(times[0])
  if (times.length > 1 || wait === undefined)
    report(`ws-ack="${ack}": expected a duration (10s) or "sent", and perhaps "reset"`)

  const fallback = String(attributeOf(htmx, sender, "fallback") || usualFallback)
  const after = fallback === "down" ? 0 : durationOf(fallback)
  if (after === undefined && fallback !== "never")
    report(`ws-fallback="${fallback}": expected "down", "never", or a duration (2s)`)
  const request = fallback === "never" ? undefined : requestOf(htmx, sender)
  return {
    wait: words.includes("sent") ? undefined : (wait ?? usualWait),
    reset: words.includes("reset"),
    request: request && { ...request, after: after ?? 0 },
  }
}
