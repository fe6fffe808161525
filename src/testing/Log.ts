/**
 * What happens between pages and their peer, as values.
 */
import type { CloseFrame, Message } from "./Frame.ts"

/** How a socket has ended, as its page is told (WHATWG `CloseEvent`). */
export interface Ending {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** What happened. */
export type Happening =
  /** A page has made a socket. */
  | { readonly _tag: "Dialled"; readonly url: string; readonly protocols: ReadonlyArray<string> }
  | { readonly _tag: "Accepted"; readonly protocol: string }
  | { readonly _tag: "Refused" }
  /** A message of the page has come and was read. */
  | { readonly _tag: "Received"; readonly data: Message }
  /** A closing frame of the page has come and was read. */
  | ({ readonly _tag: "ClosingReceived" } & CloseFrame)
  /** A message has gone to the page. */
  | { readonly _tag: "Sent"; readonly data: Message }
  /** A closing frame has gone to the page. */
  | ({ readonly _tag: "ClosingSent" } & CloseFrame)
  /** The page is told the end. */
  | ({ readonly _tag: "Closed" } & Ending)

/** A line of the log: what happened, to which connection (`Link.id`), and when, by the peer's clock. */
export type Entry = Happening & { readonly link: number; readonly at: number }
