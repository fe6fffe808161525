/**
 * What happens between a page and its peer, as values.
 */

/** What travels: a text, or bytes. A `Blob` stays one: it cannot change, and reading it would take a promise. */
export type Data = string | Uint8Array<ArrayBuffer> | Blob

/** The body of a closing frame (RFC 6455 §5.5.1). Without a code it is empty. */
export interface CloseFrame {
  readonly code: number | undefined
  readonly reason: string
}

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
  /** A frame of the page has come. */
  | { readonly _tag: "Received"; readonly data: Data }
  /** A closing frame of the page has come. */
  | ({ readonly _tag: "ClosingReceived" } & CloseFrame)
  /** A frame has gone to the page. */
  | { readonly _tag: "Sent"; readonly data: Data }
  /** A closing frame has gone to the page. */
  | ({ readonly _tag: "ClosingSent" } & CloseFrame)
  /** The page has been told the end. */
  | ({ readonly _tag: "Closed" } & Ending)

/** A line of the log: what happened, in which connection (counted from 0), and when by the peer's clock. */
export type Entry = Happening & { readonly link: number; readonly at: number }
