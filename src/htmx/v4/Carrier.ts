/** The connection of an element on htmx 4, reduced to what `Receiving`, `Sending` and the public object use of it. */
import type * as Effect from "effect/Effect"
import type * as Connection from "../../core/Connection.ts"
import type { Decoded } from "../Settings.ts"
import type { Queued, WsConnection } from "./WsConnection.ts"
import type { Asking, WsEvents } from "./WsEvents.ts"

/** Called with whether a message was accepted. */
export type Answer = (isAccepted: boolean) => void

export interface Carrier {
  readonly element: Element
  /** Whether it uses the wire format of htmx 2. */
  readonly isOld: boolean
  readonly settings: Decoded
  readonly connection: Connection.Connection<Queued>
  readonly port: WsConnection["port"]
  /** The number of the retry, which a page may change; 0 once the connection has opened. */
  attempt: number
  reconnect(): void
  /** Dispatches an event on `on`, or on another element if that has left. Returns whether it was not cancelled. */
  dispatch<Name extends keyof WsEvents>(
    on: Element,
    name: Name,
    detail: Omit<WsEvents[Name], "connection">,
  ): boolean
  /**
   * Dispatches an event that listeners may cancel or delay. Succeeds with whether it was not cancelled: in the same turn
   * if no listener delays it. `wait` waits for the promises that they have passed to `waitUntil`.
   */
  ask<Name extends keyof WsEvents, E>(
    on: Element,
    name: Name,
    subject: Omit<WsEvents[Name], keyof Asking>,
    wait: (waiting: ReadonlyArray<unknown>) => Effect.Effect<unknown, E>,
  ): Effect.Effect<boolean, E>
  /** Dispatches `htmx:ws:error`. */
  fail(on: Element, error: unknown): void
  /** Accepts a message when it is ready. Calls `answer` with whether it was accepted. */
  accept(queued: Queued, ready: () => Effect.Effect<boolean, unknown>, answer: Answer): void
}
