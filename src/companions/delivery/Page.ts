/** The page, as the parts of `ws-delivery` see it. */
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
   * By id, those on their way, those of which a row shows what became, and of each sender those that have ended since it
   * last sent. The oldest first.
   */
  readonly messages: ReadonlyMap<string, Message>
}

/** Elements that htmx 1.9 and 2 would set up again if their attributes changed. */
export const ours = ({ connects, senders }: Page): string => `${senders},${connects}`

/** The document, and the shadow trees in which messages have been sent. */
export const roots = ({ messages }: Page): Set<Document | ShadowRoot> =>
  new Set([document, ...Array.from(messages.values(), ({ root }) => root)])

/** The elements of the page that a selector matches. */
export const all = (page: Page, selector: string): Array<Element> =>
  [...roots(page)].flatMap((root) => [...root.querySelectorAll(selector)])
