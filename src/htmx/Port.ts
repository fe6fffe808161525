/**
 * The port of a connection's public object, by which a typed client uses the connection of an element. It has a version,
 * since a page's program and its script are built apart.
 */
import type { Connection, State } from "../core/Connection.ts"
import type { DropReason } from "../core/Outbox.ts"
import type { SocketClosed } from "../core/Socket.ts"

/** What became of a message: a listener has refused it (`vetoed`), or the page has taken it out of the queue. */
export type Outcome = "written" | "vetoed" | "removed" | DropReason

/** What happens to a connection, and to its messages of type `A`. */
export type PortEvent<A> =
  | readonly ["state", State]
  | readonly ["retry", attempt: number, delay: number, closed: SocketClosed]
  | readonly ["failed", attempts: number, closed: SocketClosed]
  | readonly ["error", unknown]
  /** A frame that the page's listeners let through. */
  | readonly ["frame", unknown]
  | readonly ["outcome", A, Outcome]

/** Called in the turn of the event. Returns `true` for a frame that the page shall not get. */
export type Listener<A> = (...event: PortEvent<A>) => unknown

/** Most connections have no typed client. */
const none: ReadonlyArray<never> = []

export class Port<A> {
  readonly version = 1
  /** Replaced and never changed: an event goes to those that there were when it happened. */
  listeners: ReadonlyArray<Listener<A>> = none
  readonly connection: Connection<A>

  constructor(connection: Connection<A>) {
    this.connection = connection
  }

  /** Calls all listeners. Returns whether one of them has returned `true`. */
  tell(...event: PortEvent<A>): boolean {
    return (
      this.listeners.length > 0 && this.listeners.filter((listener) => listener(...event) === true).length > 0
    )
  }
}
