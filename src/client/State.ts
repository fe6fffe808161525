/** The state of a client. */
import type { DialError, SocketClosed, SocketError } from "../core/Socket.ts"
import type { State as Core } from "../core/State.ts"
import {
  type ConnectionClosed,
  closedByPeer,
  closedByUs,
  exhausted,
  type RetriesExhausted,
} from "./Errors.ts"

/** The state of a client. `Closed` and `Failed` are over, until `reconnect`. */
export type State =
  /** Dialling. `attempt` counts the dials since the connection was last open, from 0. */
  | { readonly _tag: "Connecting"; readonly attempt: number }
  | {
      readonly _tag: "Open"
      /** The subprotocol that the peer has chosen; empty if none. */
      readonly protocol: string
      /** How long the last answer took, to a heartbeat or a request, in milliseconds; `undefined` before the first. */
      readonly roundTrip?: number | undefined
    }
  /** The socket ended with `code` and `reason`. Dial number `attempt` follows after `delay` milliseconds. */
  | ({
      readonly _tag: "Waiting"
      readonly attempt: number
      readonly delay: number
      readonly code: number
      readonly reason: string
    } & Failing)
  /** Closed while the page is hidden. Only for clients of elements. */
  | { readonly _tag: "Paused" }
  /** Closed by this side. The peer has not answered yet. */
  | { readonly _tag: "Closing" }
  /** Closed by this side, or ended with a code that is not retried. */
  | ({ readonly _tag: "Closed"; readonly why: ConnectionClosed } & Failing)
  /** No retry is left. */
  | ({ readonly _tag: "Failed"; readonly why: RetriesExhausted } & Failing)

interface Failing {
  /** What went wrong last since the connection was open, if something did. */
  readonly error?: DialError | SocketError | undefined
}

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
 * Returns the client's state for a connection's; `undefined` if the client's stays, or follows from a retry or a failure,
 * which are reported on their own.
 */
export const fromCore = (state: Core, before: State): State | undefined => {
  switch (state._tag) {
    case "Connecting":
      return state.socket === undefined ? { _tag: "Connecting", attempt: state.attempt } : undefined
    case "Open":
      return { _tag: "Open", protocol: state.socket.webSocket.protocol ?? "" }
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
