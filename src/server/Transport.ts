/** What a peer needs of its socket, on any server. */
import type * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"

/** The socket of a page, as a peer uses it. */
export interface Transport {
  /** The URL that the page has dialled, or its path and query. */
  readonly url: string
  /** The frames that have come, in order. Fails with `Done` when there will be no more. */
  readonly receive: Effect.Effect<ReadonlyArray<string | Uint8Array>, Cause.Done>
  /** Hands a frame over. It must not fail: a socket that has closed ends `receive`. */
  readonly send: (frame: string) => Effect.Effect<void>
  /** If the peer has not read what was sent: succeeds when it has. */
  readonly backlog: () => Effect.Effect<void> | undefined
  /** Closes the socket. */
  readonly close: (code: number, reason: string) => Effect.Effect<void>
}
