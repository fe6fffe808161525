/** What every client offers, over whichever connection. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Hooks from "../core/Hooks.ts"
import type { DelayError } from "../core/Reconnect.ts"
import type { DialError, SocketError } from "../core/Socket.ts"
import type {
  BufferOverflow,
  ConnectionLost,
  DecodeError,
  Over,
  RequestTimeout,
  SendError,
} from "./Errors.ts"
import type { State } from "./State.ts"

/** What goes wrong and is nobody's failure: told, and got over. */
export type Problem =
  /** An attempt that came to nothing before there was a socket; `cause` is what the `url` effect failed with. */
  | DialError
  /** A socket that has failed. Platforms do not say why. */
  | SocketError
  /** A delay that the policy could not tell. */
  | DelayError
  /** A message that an open socket would not take. It goes on waiting. */
  | Hooks.WriteError
  /** What became of a message of `sendUnsafe`. */
  | SendError

export interface RequestOptions<in In, out Answer extends In, Retry extends boolean> {
  /** Whether a message is the answer. As a type guard, it narrows what the request succeeds with. */
  readonly match: ((message: In) => message is Answer) | ((message: In) => boolean)
  /** How long to wait for the answer, counted from the call. Default: 10 seconds. */
  readonly timeout?: Duration.Input | undefined
  /**
   * What to do when the connection is lost before the answer has come: fail with `ConnectionLost`, or, with `true`,
   * send again on the next connection, before what waits. Nobody can know whether the first one had arrived, so that
   * the peer may see it twice: retry what may be done twice, or give it an id that the peer knows again.
   * Default: `false`.
   */
  readonly retry?: Retry | undefined
}

/**
 * A connection whose messages are typed and checked in both directions.
 *
 * `Lag` is the failure of a subscriber that has fallen behind: `never` where it loses messages instead. `Veto` is that
 * of a message that others had a say in: `never` where the connection is nobody else's.
 */
export interface Client<in Out, out In, out Lag = BufferOverflow, out Veto = never> {
  /**
   * Sends a message. Succeeds when it was written to the socket: in the same turn where that is open and nothing
   * waits, later where it has to wait for a connection. Interrupting it takes a message that was not written out of
   * the queue.
   *
   * *Gotchas*
   *
   * Written is not arrived: what a connection has swallowed just before it died is lost, and no client can know. In
   * a browser that may happen at an orderly close by the peer, too: it answers the close before the page is told.
   * Nothing is written twice. Where it matters, use `request` with `retry`.
   */
  readonly send: (message: Out) => Effect.Effect<void, SendError | Veto>

  /**
   * Sends a message and looks no further: for hot paths. Throws `EncodeError` where the schema does not take the
   * message, or needs time. Any other failure is told by `problems`.
   */
  readonly sendUnsafe: (message: Out) => void

  /**
   * Sends a message and waits for the one that answers it. A message answers one request only: the oldest that it
   * matches. It comes to `messages` all the same.
   */
  readonly request: <Answer extends In = In, Retry extends boolean = false>(
    message: Out,
    options: RequestOptions<In, Answer, Retry>,
  ) => Effect.Effect<
    Answer,
    SendError | Veto | RequestTimeout | (Retry extends true ? never : ConnectionLost)
  >

  /**
   * What comes, for any number of subscribers; what comes before anybody has ever subscribed waits for the first.
   * Each has a buffer of its own (`bufferSize`, `overflow`). Ends when this side closes the connection or the peer
   * does with 1000, and fails when it is over otherwise. Retries are not the end.
   */
  readonly messages: Stream.Stream<In, Over | Lag>

  /** The frames that the schema does not take. They stop nothing. */
  readonly decodeErrors: Stream.Stream<DecodeError>

  /** What goes wrong on the way, for a log. */
  readonly problems: Stream.Stream<Problem | Veto>

  readonly state: State

  /** The state, and each that follows. */
  readonly changes: Stream.Stream<State>

  /** Succeeds when the connection is open; fails when it is over. */
  readonly awaitOpen: Effect.Effect<void, Over>

  /** Dials at once, whatever the state: an open socket is replaced, a pending retry cancelled. */
  readonly reconnect: Effect.Effect<void>

  /**
   * Closes, and succeeds when that is done, at the latest after `closeTimeout`. What waits to be sent fails with
   * `ConnectionClosed`. Dies with a `RangeError` for a code other than 1000 and 3000 to 4999 (WHATWG WebSockets).
   */
  readonly close: (code?: number, reason?: string) => Effect.Effect<void>
}
