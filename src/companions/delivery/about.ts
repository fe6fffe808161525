/** Finds the messages of an element with `ws-delivery` or `ws-retry`, in a form or in the row of a message. */
import { attributeOf, selectorFor, spellings } from "../attributes.ts"
import { closest, rootOf } from "../elements.ts"
import type { Message } from "./Message.ts"
import type { Page } from "./Page.ts"

/** The attribute that shows the state. So it cannot be a spelling of `ws-delivery`. */
export const shownIn = "data-ws-delivery"

/** Returns the sender that an attribute selects, or the one around the element. */
export const senderOf = (page: Page, element: Element, name: string): Element | null | undefined => {
  const selector = spellings(page.htmx, name)
    .filter((spelling) => spelling !== shownIn)
    .map((spelling) => element.getAttribute(spelling))
    .find(Boolean)
  if (!selector) return closest(element, page.senders)
  try {
    return rootOf(element).querySelector(selector)
  } catch {
    page.report(`ws-${name}="${selector}": expected a selector`)
    return undefined
  }
}

/** Returns the message whose row an element is in, or else the messages of its sender. */
export const messagesOf = (page: Page, element: Element, name: string): Array<Message> => {
  const { htmx, messages } = page
  const row = closest(element, selectorFor(htmx, "message"))
  const id = row && attributeOf(htmx, row, "message")
  const of = row ? undefined : senderOf(page, element, name)
  return [...messages.values()].filter((message) => (row ? message.id === id : message.sender === of))
}
