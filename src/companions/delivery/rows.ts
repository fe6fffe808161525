/**
 * Shows a row for each message, made from the `<template>` with `ws-outgoing`, until the server's own row arrives. Both bear
 * the id of the message in `ws-message`.
 */
import { attributeOf, selectorFor } from "../attributes.ts"
import { senderOf } from "./about.ts"
import { isOver, type Message, valuesOf } from "./Message.ts"
import { all, type Page } from "./Page.ts"

const ours = "ws-outgoing"

export interface Rows {
  /** Shows a message. */
  add(message: Message): void
  /** Returns whether the page has a row for a message, made here. */
  has(message: Message): boolean
  /** Returns whether the page has the server's row for a message. */
  isReplaced(message: Message): boolean
  /** Removes the rows of forgotten messages. */
  clear(): void
  /** Removes the row of a message if the server's has arrived, or if the message was sent and none will. */
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
      // Without `wait`, the server does not know the id of the message.
      if (isReplaced(message) || (message.asked.wait === undefined && isOver(message)))
        for (const row of of(message).filter(isOurs)) row.remove()
    },
  }
}
