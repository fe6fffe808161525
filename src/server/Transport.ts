/** The sockets that peers use, on any server. */
import type * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"

/** The socket of a page, as a peer uses it. */
export interface Transport {
  /** The URL that the page has dialled, or its path and query. */
  readonly url: string
  /** Succeeds with the frames that have arrived, in order. Fails with `Done` when the socket has ended. */
  readonly receive: Effect.Effect<ReadonlyArray<string | Uint8Array>, Cause.Done>
  /** Sends a frame. It must not fail: if the socket has closed, `receive` ends. */
  readonly send: (frame: string) => Effect.Effect<void>
  /** Returns an effect that succeeds when the page has read what was sent; `undefined` if it has. */
  readonly backlog: () => Effect.Effect<void> | undefined
  /** Closes the socket. */
  readonly close: (code: number, reason: string) => Effect.Effect<void>
}
