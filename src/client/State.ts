/** Where a client stands. */
import type { SocketClosed } from "../core/Socket.ts"
import type { State as Core } from "../core/State.ts"
import {
  type ConnectionClosed,
  closedByPeer,
  closedByUs,
  exhausted,
  type RetriesExhausted,
} from "./Errors.ts"

export type State =
  /** Being dialled. `attempt` counts the dials since it was last open, from 0. */
  | { readonly _tag: "Connecting"; readonly attempt: number }
  | { readonly _tag: "Open" }
  /** Ended with `code` and `reason`; dial number `attempt` comes `delay` milliseconds after that. */
  | {
      readonly _tag: "Waiting"
      readonly attempt: number
      readonly delay: number
      readonly code: number
      readonly reason: string
    }
  /** Closed by its page, until that is shown again. Only where the connection belongs to an element. */
  | { readonly _tag: "Paused" }
  /** Being closed by this side; the peer has not answered yet. */
  | { readonly _tag: "Closing" }
  /** Over, until `reconnect`: closed by this side, or by the peer with a code that is not retried. */
  | { readonly _tag: "Closed"; readonly why: ConnectionClosed }
  /** Over, until `reconnect`: the retries have come to nothing. */
  | { readonly _tag: "Failed"; readonly why: RetriesExhausted }

export const waiting = (
  attempt: number,
  delay: number,
  { code, reason }: Pick<SocketClosed, "code" | "reason">,
): State => ({ _tag: "Waiting", attempt, delay, code, reason })

export const failed = (attempts: number, closed: Pick<SocketClosed, "code" | "reason">): State => ({
  _tag: "Failed",
  why: exhausted(attempts, closed),
})

/**
 * The state of a connection as that of its client; `undefined` if the client's stays, or follows from a retry or a
 * failure that is reported on its own.
 */
export const fromCore = (state: Core, before: State): State | undefined => {
  switch (state._tag) {
    case "Connecting":
      return state.socket === undefined ? { _tag: "Connecting", attempt: state.attempt } : undefined
    case "Open":
    case "Closing":
    case "Paused":
      return { _tag: state._tag }
    case "Closed":
      return {
        _tag: "Closed",
        why:
          state.closed === undefined || before._tag === "Closing" ? closedByUs() : closedByPeer(state.closed),
      }
    default:
      return undefined
  }
}
