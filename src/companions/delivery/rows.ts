/**
 * A row for each message: made of the `<template>` with `ws-outgoing` when the message is triggered, until the server's
 * own row takes its place. Both bear the id of the message in `ws-message`.
 */
import { attributeOf, selectorFor } from "../attributes.ts"
import { senderOf } from "./about.ts"
import { isOver, type Message, valuesOf } from "./Message.ts"
import { all, type Page } from "./Page.ts"

const ours = "ws-outgoing"

export interface Rows {
  /** Shows a message. */
  add(message: Message): void
  /** Whether there is a row of ours for a message. */
  has(message: Message): boolean
  /** Whether there is the server's row for a message. */
  isReplaced(message: Message): boolean
  /** Removes the rows of forgotten messages. */
  clear(): void
  /** Takes away the row of a message if the server's is there, or if it was sent and no other will come. */
  update(message: Message): void
}

export const makeRows = (page: Page): Rows => {
  const { htmx } = page
  const of = ({ id }: Message): Array<Element> =>
    all(page, selectorFor(htmx, "message").replaceAll("]", `="${id}"]`))
  const isOurs = (row: Element): boolean => row.hasAttribute(ours)
  const isReplaced = (message: Message): boolean => !of(message).every(isOurs)
  return {
    add(message) {
      for (const template of all(page, selectorFor(htmx, "outgoing"))) {
        const row = (template as Partial<HTMLTemplateElement>).content?.firstElementChild?.cloneNode(true)
        if (!(row instanceof Element) || senderOf(page, template, "outgoing") !== message.sender) continue
        row.setAttribute("ws-message", message.id)
        row.setAttribute(ours, "")
        for (const part of row.querySelectorAll(selectorFor(htmx, "value")))
          part.textContent = String(valuesOf(message)[attributeOf(htmx, part, "value") as string] ?? "")
        template.before(row)
        htmx.process(row)
      }
    },
    has: (message) => of(message).some(isOurs),
    isReplaced,
    clear() {
      for (const row of all(page, `[ws-message][${ours}]`))
        if (!page.messages.has(row.getAttribute("ws-message") as string)) row.remove()
    },
    update(message) {
      // The server has not been given the id of one for which nobody waits.
      if (isReplaced(message) || (message.asked.wait === undefined && isOver(message)))
        for (const row of of(message).filter(isOurs)) row.remove()
    },
  }
}
