/** Settings of a connection, and the hooks it calls. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Heartbeat from "./Heartbeat.ts"
import type * as Outbox from "./Outbox.ts"
import type { Payload } from "./Payload.ts"
import type * as Reconnect from "./Reconnect.ts"
import type { DialError, Request, SocketClosed, SocketError, SocketEvent } from "./Socket.ts"
import type { State } from "./State.ts"

/** The settings of a connection, read whenever they are needed unless noted otherwise. Durations are milliseconds. */
export interface Settings extends Outbox.Options {
  /** Whether to dial again after a close. */
  readonly reconnect: boolean
  /** The close codes after which to dial again. */
  readonly reconnectCodes: ReadonlySet<number>
  /** The delay before each retry. */
  readonly reconnectPolicy: Reconnect.Policy
  /** How many retries may follow each other before the connection has failed. Those without a network do not count. */
  readonly reconnectMaxAttempts: number
  /** How long a connection must be open for the backoff to start over. */
  readonly reconnectStableAfter: number
  /** How long the opening handshake may take, from the end of the page's earlier ones with the same host. */
  readonly connectTimeout: number
  /** How long the closing handshake may take. */
  readonly closeTimeout: number
  /** How to detect that the peer is gone; `undefined` for no heartbeat. Read when a socket opens. */
  readonly heartbeat: Heartbeat.Options | undefined
}

/** An open socket threw when a message was written to it. */
export class WriteError extends Data.TaggedError("WriteError")<{
  readonly message: string
  readonly cause: unknown
}> {}

/**
 * What a connection calls. Each hook is called in the turn of the event that causes it, and may call the connection:
 * a command given from inside takes effect at once.
 */
export interface Hooks<A> {
  /** Called before every dial. Succeeds with what to dial, or with `undefined` to close. A failure is a failed attempt. */
  readonly beforeDial: (attempt: number) => Effect.Effect<Request | undefined, DialError>
  /** Called when `beforeDial` succeeded with `undefined`: the connection is closed, and there was no socket. */
  readonly onCancelled: () => void
  /** Called with each state as it is entered. */
  readonly onState: (state: State) => void
  /** Called when a socket has been made. */
  readonly onConnecting: (attempt: number) => void
  /**
   * Called when the socket has opened. Messages sent from inside go first; those that wait are held back until the
   * returned effect succeeds. If it fails, the attempt has failed. `Effect.void` starts no fiber.
   */
  readonly onOpen: (attempt: number, event: SocketEvent | undefined) => Effect.Effect<unknown, DialError>
  /** Called with the data of each frame. */
  readonly onMessage: (data: unknown) => void
  /** Called with each error; with a `WriteError`, also with the message that was not written. */
  readonly onError: (error: SocketError | DialError | WriteError | Reconnect.DelayError, message?: A) => void
  /** Called when a socket has ended. The returned effect succeeds when all received frames have been applied. */
  readonly received: () => Effect.Effect<void>
  /**
   * Called when a socket has ended, unless a command has replaced it, and when the connection has ended. The settings
   * that decide whether to dial again are read afterwards: a listener may change them.
   */
  readonly onClose: (closed: SocketClosed) => void
  /** Called before the wait for a retry. `delay` is in milliseconds. A returned number of at least 0 replaces it. */
  readonly onRetry: (attempt: number, delay: number, closed: SocketClosed) => unknown
  /** Called when no retry is left. */
  readonly onFailed: (attempts: number, closed: SocketClosed) => void
  /** Called last, when the connection has closed for good or failed: only `reconnect` dials again. */
  readonly onStopped: () => void
  /** Called just before a message is written. Returns what to write, or `undefined` to discard the message. */
  readonly beforeSend: (message: A, waited: boolean) => Payload | undefined
  /** Called when a message has been written. */
  readonly afterSend: (message: A) => void
  /** Called when a message is dropped: a queued one, or a new one for which there is no room. */
  readonly onDrop: (message: A, reason: Outbox.DropReason) => void
  /** Returns whether there is a network. Retries without one do not count towards `reconnectMaxAttempts`. */
  readonly online: () => boolean
}
