/** How a session sends messages: over a connection of its own, or over that of an element. */
import type * as Effect from "effect/Effect"
import type { Payload } from "../core/Payload.ts"
import type { SendError } from "./Errors.ts"

/** A message on its way. Either `written` or `failed` is called once, unless it is withdrawn before. */
export interface Envelope<in Veto = never> {
  readonly value: unknown
  readonly payload: Payload
  /** Called when the message was written to a socket. */
  readonly written: () => void
  /** Called when it will not be written. */
  readonly failed: (why: SendError | Veto) => void
}

/** Every call takes effect in its turn. */
export interface Transport<in out Veto = never> {
  /** Writes a message, or queues it. */
  readonly send: (envelope: Envelope<Veto>) => void
  /** Writes a message before all that wait. Returns whether it was written. */
  readonly sendNow?: (envelope: Envelope<Veto>) => boolean
  /** Returns the messages that are not settled, oldest first. */
  readonly waiting: () => ReadonlyArray<Envelope<Veto>>
  /** Removes messages from the queue. */
  readonly withdraw: (envelopes: ReadonlyArray<Envelope<Veto>>) => void
  /** Queues messages before all others. */
  readonly sendFirst: (envelopes: ReadonlyArray<Envelope<Veto>>) => void
  /** Succeeds when few enough written bytes wait in the socket for more to be written. */
  readonly drained: Effect.Effect<void>
  readonly reconnect: () => void
  readonly close: (code: number, reason: string | undefined) => void
}
