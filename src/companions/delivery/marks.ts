/** Shows the states of messages, for CSS and for people, on elements with `ws-delivery`. */
import { selectorFor } from "../attributes.ts"
import { messagesOf, shownIn } from "./about.ts"
import { isBusy } from "./Message.ts"
import { all, ours, type Page } from "./Page.ts"
import type { StateName } from "./State.ts"

/** The states, the one that needs attention most first. Of several messages, the first state is shown. */
const order: ReadonlyArray<StateName> = ["failed", "unknown", "queued", "sent", "acked"]

const write = (element: Element, name: string, value: string): void => {
  // Writing the same value would call the observer again.
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/** Removes the states of forgotten messages. */
export const unmark = (page: Page): void => {
  for (const element of all(page, `[${shownIn}]`))
    if (messagesOf(page, element, "delivery").length === 0)
      for (const name of [shownIn, "aria-busy"]) element.removeAttribute(name)
}

/** Shows the states of the messages on the page. */
export const mark = (page: Page): void => {
  for (const element of all(page, selectorFor(page.htmx, "delivery"))) {
    if (element.matches(ours(page))) {
      page.report("ws-delivery belongs on an element inside the one with ws-send")
      continue
    }
    const theirs = messagesOf(page, element, "delivery")
    const state = order.find((state) => theirs.some(({ state: { name } }) => name === state))
    if (state === undefined) continue
    write(element, shownIn, state)
    write(element, "aria-busy", String(theirs.some(isBusy)))
  }
}
