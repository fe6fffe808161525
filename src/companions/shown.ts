/** The state of messages, shown for CSS and for people: `data-ws-delivery` on elements that ask for it by `ws-delivery`. */
import { bearing, spellings } from "./attributes.ts"
import type { State } from "./deliveryState.ts"
import type { Htmx } from "./Htmx.ts"
import { isBusy, type Message } from "./Message.ts"
import type { Report } from "./notices.ts"

/** Of several messages of a sender, the one in the state that needs attention most is shown. */
const order: ReadonlyArray<State> = ["failed", "unknown", "queued", "sent", "acked"]

/** The attribute that has the state. */
export const shownIn = "data-ws-delivery"

const write = (element: Element, name: string, value: string): void => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/** Returns a function that brings the page up to date with the messages. */
export const makeShown = (
  htmx: Htmx,
  senders: string,
  /** Elements that htmx 1.9 and 2 would set up again if their attributes changed. */
  ours: string,
  messages: () => Iterable<Message>,
  report: Report,
): (() => void) => {
  // In the spelling that is left out stands the state.
  const asking = spellings(htmx, "delivery").filter((name) => name !== shownIn)
  const bearers = bearing(asking)
  const senderOf = (element: Element): Element | null => {
    const selector = asking.map((name) => element.getAttribute(name)).find(Boolean)
    if (!selector) return element.closest(senders)
    try {
      return document.querySelector(selector)
    } catch {
      report(`ws-delivery="${selector}" is not a valid selector`)
      return null
    }
  }
  return () => {
    const all = [...messages()]
    for (const element of document.querySelectorAll(bearers)) {
      if (element.matches(ours)) {
        report("ws-delivery belongs on an element inside the one with ws-send, not on that itself")
        continue
      }
      const of = senderOf(element)
      const theirs = all.filter(({ sender }) => sender === of)
      if (theirs.length === 0) continue
      const states = theirs.map(({ state }) => state)
      write(element, shownIn, order.find((state) => states.includes(state)) as State)
      write(element, "aria-busy", String(theirs.some(isBusy)))
    }
  }
}
