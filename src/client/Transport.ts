/** What carries the messages of a session: a connection of its own, or that of an element. */
import type { Payload } from "../core/Payload.ts"
import type { SendError } from "./Errors.ts"

/** A message on its way. One of `written` and `failed` is called, once, unless it is withdrawn before. */
export interface Envelope<in Veto = never> {
  readonly value: unknown
  readonly payload: Payload
  /** Called when it was handed to a socket. */
  readonly written: () => void
  /** Called when it will not be. */
  readonly failed: (why: SendError | Veto) => void
}

/** All takes effect in the turn of the call. */
export interface Transport<in out Veto = never> {
  /** Writes a message, or lets it wait. */
  readonly send: (envelope: Envelope<Veto>) => void
  /** The messages that wait, oldest first. */
  readonly waiting: () => ReadonlyArray<Envelope<Veto>>
  /** Takes back messages that wait. */
  readonly withdraw: (envelopes: ReadonlyArray<Envelope<Veto>>) => void
  /** Lets these messages wait before all others. */
  readonly sendFirst: (envelopes: ReadonlyArray<Envelope<Veto>>) => void
  readonly reconnect: () => void
  readonly close: (code: number, reason: string | undefined) => void
}
