/** The interface of every client, over a connection of its own or over that of an element. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { DurationInput } from "../core/duration.ts"
import type * as Hooks from "../core/Hooks.ts"
import type { DelayError } from "../core/Reconnect.ts"
import type { DialError, SocketError } from "../core/Socket.ts"
import type {
  BufferOverflow,
  ConnectionLost,
  DecodeError,
  MessagesLost,
  Over,
  RequestTimeout,
  SendError,
} from "./Errors.ts"
import type { Gap, InvalidId, Resume } from "./Resume.ts"
import type { State } from "./State.ts"

/** Something that went wrong and that no call fails with. The connection handles it. */
export type Problem =
  /** An attempt failed before there was a socket. `cause` is the failure of the `url` effect, if that failed. */
  | DialError
  /** A socket failed. Browsers do not say why. */
  | SocketError
  /** The `reconnect` policy failed to give a delay. */
  | DelayError
  /** Writing a message to an open socket failed. The message waits. */
  | Hooks.WriteError
  /** Subscribers of `messages` lost some. */
  | MessagesLost
  /** A message of `sendUnsafe` was not written. */
  | SendError
  /** The program missed messages that the server no longer has. */
  | Gap
  /** A message has an invalid id. */
  | InvalidId

/** How a request finds its answer, and how long it waits. */
export type RequestOptions<In, Answer extends In, Retry extends boolean, E = never> = Finding<In, Answer> &
  Waiting<Answer, Retry, E>

/** How a request finds its answer: by a function called with each message, or, in constant time, by a key. */
type Finding<In, Answer extends In> =
  | {
      /** Returns whether a message is the answer. A type guard narrows the type of the result. */
      readonly match: ((message: In) => message is Answer) | ((message: In) => boolean)
      readonly key?: undefined
    }
  | {
      /** The key that `answerTo` returns for the answer. It goes to the oldest request with that key. */
      readonly key: unknown
      readonly match?: undefined
    }

interface Waiting<Answer, Retry extends boolean, E> {
  /**
   * Returns the failure that the answer stands for, with which the request fails; `undefined` if it stands for none.
   *
   * @default undefined
   */
  readonly failure?: ((answer: Answer) => E | undefined) | undefined
  /**
   * How long to wait for the answer, counted from the call.
   *
   * @default "10 seconds"
   */
  readonly timeout?: DurationInput | undefined
  /**
   * Whether to send the request again, before all waiting messages, if the connection is lost before the answer arrives.
   * Otherwise the request fails with `ConnectionLost`. The peer may receive a retried request twice: retry only idempotent
   * requests, or give them an id by which the peer recognizes them.
   *
   * @default false
   */
  readonly retry?: Retry | undefined
}

/**
 * A connection whose messages are typed and checked in both directions.
 *
 * **Details**
 *
 * `Lag` is the failure of a subscriber that falls behind, `never` if it loses messages instead. `Veto` is the failure of
 * a message that the page discards, `never` if the connection belongs to the client alone.
 */
export interface Client<in Out, out In, out Lag = BufferOverflow, out Veto = never> {
  /**
   * Sends a message. Succeeds when it was written to the socket, and fails with `SendError` if it will not be.
   *
   * **Details**
   *
   * The message is written in the same turn if the socket is open and nothing waits. Otherwise it waits in the queue, from
   * which interruption removes it. No message is written twice.
   *
   * **Gotchas**
   *
   * Written does not mean received: what a socket accepts just before it breaks is lost, and no client can know it. In a
   * browser that can also happen if the peer closes in order, since the browser answers before the page learns of it. If
   * that matters, use `request` with `retry`.
   */
  readonly send: (message: Out) => Effect.Effect<void, SendError | Veto>

  /**
   * Sends a message without waiting, for hot paths. Throws `EncodeError` if the schema rejects the message, or is
   * asynchronous. `problems` emits any other failure.
   */
  readonly sendUnsafe: (message: Out) => void

  /**
   * Sends a message, and succeeds with its answer. Fails with `SendError` if it is not written, with `RequestTimeout` if
   * no answer arrives in time, and with `ConnectionLost` if its socket ends before, unless `retry` is set.
   *
   * **Details**
   *
   * A message answers only one request: the oldest that it matches. `messages` emits it as well.
   */
  readonly request: <Answer extends In = In, Retry extends boolean = false, E = never>(
    message: Out,
    options: RequestOptions<In, Answer, Retry, E>,
  ) => Effect.Effect<
    Answer,
    SendError | Veto | RequestTimeout | E | (Retry extends true ? never : ConnectionLost)
  >

  /**
   * Emits every message, for any number of subscribers, across retries. Ends if this side closes the connection, or the peer
   * does with 1000. Fails with `ConnectionClosed` or `RetriesExhausted` if it is over otherwise.
   *
   * **Details**
   *
   * Each subscriber has a buffer of its own (`bufferSize`, `overflow`). Messages that arrive before anybody has ever
   * subscribed wait for the first subscriber. A subscriber that stops loses what is in its buffer.
   */
  readonly messages: Stream.Stream<In, Over | Lag>

  /** Emits a `DecodeError` for every frame that `incoming` rejects. The connection goes on. */
  readonly decodeErrors: Stream.Stream<DecodeError>

  /** Emits everything that goes wrong and that no call fails with, for a log. */
  readonly problems: Stream.Stream<Problem | Veto>

  /** The state now. */
  readonly state: State

  /** Emits the current state, and each that follows. */
  readonly changes: Stream.Stream<State>

  /** Succeeds when the connection is open. Fails with `ConnectionClosed` or `RetriesExhausted` when it is over. */
  readonly awaitOpen: Effect.Effect<void, Over>

  /** Dials at once, in any state. Replaces an open socket, and cancels a pending retry. */
  readonly reconnect: Effect.Effect<void>

  /**
   * Closes the connection, and succeeds when the socket has closed, at the latest after `closeTimeout`. Messages that
   * wait fail with `ConnectionClosed`. Dies with a `RangeError` if `code` is not 1000 or 3000 to 4999 (WHATWG WebSockets,
   * `close`).
   */
  readonly close: (code?: number, reason?: string) => Effect.Effect<void>
}

/** A connection that has just opened, before anything that waits is sent. */
export interface Opening<in Out, in out In> {
  /** How many dials there were since the connection was last open, from 0. */
  readonly attempt: number
  /** The subprotocol that the peer has chosen; empty if none. */
  readonly protocol: string
  /** Sends a message before all that wait. */
  readonly send: (message: Out) => Effect.Effect<void, SendError | ConnectionLost>
  /** Sends a message before all that wait, and succeeds with its answer. It is not retried: `onOpen` is called again. */
  readonly request: <Answer extends In = In, E = never>(
    message: Out,
    options: RequestOptions<In, Answer, false, E>,
  ) => Effect.Effect<Answer, SendError | RequestTimeout | ConnectionLost | E>
}

/** Options of a connection that depend on the types of its messages. */
export interface Protocol<Out, In> {
  /**
   * Called on every open, before waiting messages are sent: for a login, or to subscribe again. Messages that are sent
   * meanwhile wait until it succeeds. If it fails, or takes longer than `connectTimeout`, the attempt fails.
   */
  readonly onOpen?: ((opening: Opening<Out, In>) => Effect.Effect<unknown, unknown>) | undefined
  /** Returns the key of the request that a message answers, for requests by `key`; `undefined` if it answers none. */
  readonly answerTo?: ((message: In) => unknown) | undefined
  /**
   * What `Resume.make` returns: each dial names the last message received, and the server sends those after it.
   *
   * @default undefined
   */
  readonly resume?: Resume<In> | undefined
}
