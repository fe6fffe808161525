/** What triggers an element on htmx 4. */
import type { HtmxProp4 } from "./HtmxApi.ts"

/** The trigger of an element that has no `hx-trigger`. */
export const naturalTrigger = (element: Element): string =>
  element.matches("form")
    ? "submit"
    : element.matches("input:not([type=button]):not([type=submit]),select,textarea")
      ? "change"
      : "click"

/** Prevents the submits of triggers with a delay, which htmx hands on when it is too late. */
export const preventSubmits = ({ listeners, triggerSpecs }: HtmxProp4): void => {
  for (const spec of triggerSpecs) {
    let { timeout } = spec
    // htmx has just handled the event, and has kept it here if it is one that counts.
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
