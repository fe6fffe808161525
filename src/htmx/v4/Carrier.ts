/** The connection of an element on htmx 4, as its parts see it: what receives, what sends, and the public object. */
import type * as Effect from "effect/Effect"
import type * as Connection from "../../core/Connection.ts"
import type { Decoded } from "../Settings.ts"
import type { Queued, WsConnection } from "./WsConnection.ts"
import type { Asking, WsEvents } from "./WsEvents.ts"

/** Called with whether a message was accepted. */
export type Answer = (isAccepted: boolean) => void

export interface Carrier {
  readonly element: Element
  /** Whether it uses the message format of htmx 2. */
  readonly isOld: boolean
  readonly settings: Decoded
  readonly connection: Connection.Connection<Queued>
  readonly port: WsConnection["port"]
  /** The number of the retry, which a page may change; 0 once the connection has opened. */
  attempt: number
  reconnect(): void
  /** Dispatches an event at `on`, or in its place if that has left. Returns whether it was not cancelled. */
  dispatch<Name extends keyof WsEvents>(
    on: Element,
    name: Name,
    detail: Omit<WsEvents[Name], "connection">,
  ): boolean
  /**
   * Dispatches an event that listeners may cancel or delay. Succeeds with whether it was not cancelled: in the same turn
   * if no listener delays it. `wait` waits for what they have given to `waitUntil`.
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
