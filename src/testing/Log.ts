/** The log of what happens between pages and their peer. */
import type { CloseFrame, MessageData } from "./Frame.ts"

/** The end of a connection (WHATWG `CloseEvent`). */
export interface Ending {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** What happened. */
export type Happening =
  /** A page has made a WebSocket. */
  | { readonly _tag: "Dialled"; readonly url: string; readonly protocols: ReadonlyArray<string> }
  | { readonly _tag: "Accepted"; readonly protocol: string }
  | { readonly _tag: "Refused" }
  /** The peer has read a message of the page. */
  | { readonly _tag: "Received"; readonly data: MessageData }
  /** The peer has read a close frame of the page. */
  | ({ readonly _tag: "ClosingReceived" } & CloseFrame)
  /** The peer has sent a message. */
  | { readonly _tag: "Sent"; readonly data: MessageData }
  /** The peer has sent a close frame. */
  | ({ readonly _tag: "ClosingSent" } & CloseFrame)
  /** The page has received its `close` event. */
  | ({ readonly _tag: "Closed" } & Ending)

/** A line of the log: what happened, to which connection (`Link.id`), and when, in milliseconds of the peer's clock. */
export type Entry = Happening & { readonly link: number; readonly at: number }
