/** The states of a connection. A state holds what lives in it, and entering another ends that. */
import type * as Scope from "effect/Scope"
import type { Socket } from "./dial.ts"
import type { SocketClosed, WebSocketLike } from "./Socket.ts"

export type State = Held &
  (
    | Connecting
    /** Open, while `onOpen` is called: messages sent from inside go first. */
    | ({ readonly _tag: "Greeting" } & Opened)
    /** Open, while the effect of `onOpen` runs: messages wait until it succeeds. */
    | ({ readonly _tag: "Holding" } & Opened)
    | ({ readonly _tag: "Open" } & Opened)
    /** Closed by `close`; the peer has not answered yet. */
    | { readonly _tag: "Closing" }
    | { readonly _tag: "Waiting"; readonly attempt: number }
    /** Closed by `pause` until `resume`. There is a socket until the peer has answered. */
    | { readonly _tag: "Paused" }
    /** Not dialled, or closed for good. `closed` is the end of the last attempt, if there was one. */
    | { readonly _tag: "Closed"; readonly closed?: SocketClosed }
    /** All retries have failed. */
    | { readonly _tag: "Failed" }
    /** The scope of the connection has closed. No command has an effect any more. */
    | { readonly _tag: "Ended" }
  )

interface Held {
  readonly scope?: Scope.Closeable | undefined
  readonly socket?: Socket | undefined
  /** The WebSocket of the last attempt. One that reconnects by itself may be returned again for the next. */
  readonly previous?: WebSocketLike | undefined
}

/** There is no socket yet while `beforeDial` runs. */
interface Connecting {
  readonly _tag: "Connecting"
  readonly attempt: number
  readonly scope: Scope.Closeable
}

/** A socket that has opened. */
export interface Opened {
  readonly attempt: number
  readonly scope: Scope.Closeable
  readonly socket: Socket
  /** When it opened, by `elapsed`. */
  readonly since: number
}

/** Whether this state has a socket, or is about to, to which messages are written as soon as it is open. */
export const isInUse = (state: State): state is State & (Connecting | Opened) =>
  "attempt" in state && state.scope !== undefined

/** Returns the WebSocket that ended by itself, in this state or before it. */
export const endedIn = ({ previous, socket }: State): WebSocketLike | undefined =>
  socket?.hasEnded ? socket.webSocket : previous

/** Whether a WebSocket is in use in this state, or may be returned again for the next dial. */
export const holds = ({ previous, socket }: State, webSocket: WebSocketLike): boolean =>
  socket?.webSocket === webSocket || previous === webSocket
