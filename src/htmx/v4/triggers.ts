/** The triggers of elements on htmx 4. */
import type { HtmxProp4 } from "./HtmxApi.ts"

/** Returns the trigger of an element without `hx-trigger`. */
export const naturalTrigger = (element: Element): string =>
  element.matches("form")
    ? "submit"
    : element.matches("input:not([type=button]):not([type=submit]),select,textarea")
      ? "change"
      : "click"

/** Prevents the submits of triggers with a delay, whose handler htmx calls when it is too late for that. */
export const preventSubmits = ({ listeners, triggerSpecs }: HtmxProp4): void => {
  for (const spec of triggerSpecs) {
    let { timeout } = spec
    // htmx has just handled the event: if it counts, there is a new timer, or the event is kept for later.
    const handler = (event: Event): void => {
      if (spec.timeout !== timeout || spec.throttledEvent === event) event.preventDefault()
      timeout = spec.timeout
    }
    for (const { eventName, fromElt } of spec.listeners) {
      if (eventName !== "submit") continue
      fromElt.addEventListener(eventName, handler)
      listeners.push({ fromElt, eventName, handler })
    }
  }
}
