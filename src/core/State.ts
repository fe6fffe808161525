/** Where a connection stands. Each state holds what lives in it: entering another ends that. */
import type * as Scope from "effect/Scope"
import type { Socket, SocketClosed, WebSocketLike } from "./Socket.ts"

export type State = Held &
  (
    | Connecting
    /** Open, while `onOpen` is called: what is sent from inside goes first. */
    | ({ readonly _tag: "Greeting" } & Live)
    /** Open, and the hooks has asked for time before what waits may be sent. */
    | ({ readonly _tag: "Holding" } & Live)
    | ({ readonly _tag: "Open" } & Live)
    /** Closed by us for good; the peer has not answered yet. */
    | { readonly _tag: "Closing" }
    | { readonly _tag: "Waiting"; readonly attempt: number }
    /** Closed by us until `resume`. There is a socket as long as the peer has not answered. */
    | { readonly _tag: "Paused" }
    /** Not dialled, or closed with no intention to dial again. `closed` is the end of the last attempt, if it had one. */
    | { readonly _tag: "Closed"; readonly closed?: SocketClosed }
    /** Retries are exhausted. */
    | { readonly _tag: "Failed" }
    /** The scope of the connection has closed: nothing brings it back. */
    | { readonly _tag: "Ended" }
  )

interface Held {
  readonly scope?: Line | undefined
  readonly socket?: Socket | undefined
  /** The WebSocket of the last attempt. One that reconnects by itself may be given again for the next. */
  readonly left?: WebSocketLike | undefined
}

/** Being dialled. There is no socket yet while something before the dial is waited for. */
interface Connecting {
  readonly _tag: "Connecting"
  readonly attempt: number
  readonly scope: Line
}

/** A socket that has opened. */
export interface Live {
  readonly attempt: number
  readonly scope: Line
  readonly socket: Socket
  /** When it opened, in milliseconds of the clock. */
  readonly since: number
}

/** The scope that one socket lives in. */
type Line = Scope.Closeable

/** Whether messages go to the socket of this state, as soon as it takes them. */
export const isInUse = (state: State): state is State & (Connecting | Live) =>
  "attempt" in state && state.scope !== undefined

/** The WebSocket that has ended by itself, in this state or before it. */
export const endedIn = ({ left, socket }: State): WebSocketLike | undefined =>
  socket?.hasEnded ? socket.webSocket : left

/** Whether a WebSocket is in use in this state, or may be given again for the next dial. */
export const holds = ({ left, socket }: State, webSocket: WebSocketLike): boolean =>
  socket?.webSocket === webSocket || left === webSocket
