/** What a connection is told, and whom it tells. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Heartbeat from "./Heartbeat.ts"
import type { DropReason } from "./Outbox.ts"
import type { Payload } from "./Payload.ts"
import type * as Reconnect from "./Reconnect.ts"
import type { DialError, Request, SocketClosed, SocketError, SocketEvent } from "./Socket.ts"
import type { State } from "./State.ts"

/** Durations are milliseconds. */
export interface Settings {
  /** Whether to dial again after a close at all. */
  readonly reconnect: boolean
  /** The close codes after which to dial again. */
  readonly reconnectCodes: ReadonlySet<number>
  readonly reconnectPolicy: Reconnect.Policy
  /** Retries since the backoff last started over, while there is a network; then the connection has failed. */
  readonly reconnectMaxAttempts: number
  /** A connection open for this long has proved stable: the backoff starts over. */
  readonly reconnectStableAfter: number
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly heartbeat: Heartbeat.Options | undefined
  readonly queueCapacity: number
  readonly queueOverflow: "reject" | "drop-oldest"
  readonly queueTtl: number | undefined
}

/** A message that the socket would not take, though it is open. It goes on waiting. */
export class WriteError extends Data.TaggedError("WriteError")<{
  readonly message: string
  readonly cause: unknown
}> {}

/**
 * Who uses a connection. All are called in the turn of what they tell, and may call the connection back: a
 * command given from inside one counts from there on.
 */
export interface Hooks<A> {
  /** Before every dial: what to dial, or `undefined` for not at all. A failure is a failed attempt. */
  readonly beforeDial: (attempt: number) => Effect.Effect<Request | undefined, DialError>
  /** `beforeDial` gave nothing to dial: the connection is closed, and there was no socket. */
  readonly onCancelled: () => void
  readonly onState: (state: State) => void
  /** A socket has been made. */
  readonly onConnecting: (attempt: number) => void
  /**
   * The socket has opened. What is sent from inside goes first. What waits is held back until the effect succeeds; if
   * it fails, so has the attempt. `Effect.void` takes no fiber.
   */
  readonly onOpen: (attempt: number, event: SocketEvent | undefined) => Effect.Effect<unknown, DialError>
  readonly onMessage: (data: unknown) => void
  /** `message` is what a `WriteError` is about. */
  readonly onError: (error: SocketError | DialError | WriteError | Reconnect.DelayError, message?: A) => void
  /** Succeeds when what has been received is applied. What follows from the end of a socket waits for that. */
  readonly received: () => Effect.Effect<void>
  /**
   * A socket has ended that was not simply given up for another life, or the connection itself has. The settings decide
   * after this call whether to dial again: a listener may change them.
   */
  readonly onClose: (closed: SocketClosed) => void
  readonly onRetry: (attempt: number, delay: number, closed: SocketClosed) => void
  readonly onFailed: (attempts: number, closed: SocketClosed) => void
  /** Closed for good, or failed: only `reconnect` dials again. Called last. */
  readonly onStopped: () => void
  /** Just before a message is written, which may have waited: what to write, or `undefined` to discard it. */
  readonly beforeSend: (message: A, waited: boolean) => Payload | undefined
  readonly afterSend: (message: A) => void
  readonly onDrop: (message: A, reason: DropReason) => void
  /** Whether there is a network. Retries without one do not count towards `reconnectMaxAttempts`. */
  readonly online: () => boolean
}
