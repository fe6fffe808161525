/** What the parts of `ws-delivery` share. */
import type { Htmx } from "../Htmx.ts"
import type { Report } from "../notices.ts"
import type { Message } from "./Message.ts"

export interface Page {
  readonly htmx: Htmx
  readonly report: Report
  /** A selector of the elements that send. */
  readonly senders: string
  /** A selector of the elements that connect. */
  readonly connects: string
  /**
   * By id, the oldest first: messages that wait, those that a row shows, and those of each sender that have ended since it
   * last sent.
   */
  readonly messages: ReadonlyMap<string, Message>
}

/** Returns a selector of the elements that htmx 1.9 and 2 would set up again if their attributes changed. */
export const ours = ({ connects, senders }: Page): string => `${senders},${connects}`

/** Returns the document, and the shadow trees in which messages have been sent. */
export const roots = ({ messages }: Page): Set<Document | ShadowRoot> =>
  new Set([document, ...Array.from(messages.values(), ({ root }) => root)])

/** Returns the elements of the page that a selector matches. */
export const all = (page: Page, selector: string): Array<Element> =>
  [...roots(page)].flatMap((root) => [...root.querySelectorAll(selector)])
