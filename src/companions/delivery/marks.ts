/** The state of messages, shown for CSS and for people on elements that ask for it by `ws-delivery`. */
import { selectorFor } from "../attributes.ts"
import { messagesOf, shownIn } from "./about.ts"
import { isBusy } from "./Message.ts"
import { all, ours, type Page } from "./Page.ts"
import type { StateName } from "./State.ts"

/** Of several messages, the one in the state that needs attention most is shown. */
const order: ReadonlyArray<StateName> = ["failed", "unknown", "queued", "sent", "acked"]

const write = (element: Element, name: string, value: string): void => {
  // A change would be observed.
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/** Removes the states of forgotten messages. */
export const unmark = (page: Page): void => {
  for (const element of all(page, `[${shownIn}]`))
    if (messagesOf(page, element, "delivery").length === 0)
      for (const name of [shownIn, "aria-busy"]) element.removeAttribute(name)
}

/** Brings the page up to date with the messages. */
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
