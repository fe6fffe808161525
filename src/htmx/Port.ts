/**
 * The port of a connection's public object, by which a typed client uses the connection of an element. It has a version,
 * since a page's program and its script are built apart.
 */
import type { Connection, Hooks } from "../core/Connection.ts"
import type { DropReason } from "../core/Outbox.ts"

/** How a message ended: a listener has cancelled it (`vetoed`), or the page has taken it out of the queue (`removed`). */
export type Ending = "written" | "vetoed" | "removed" | DropReason

/** A message of a typed client. That of a page has no `settle`. */
export interface Settled {
  /** Called in the turn in which the message ends, at least once. */
  readonly settle?: ((ending: Ending) => void) | undefined
}

/** What is called in the turn of each event of a connection. */
export interface Listener extends Pick<Hooks<never>, "onState" | "onRetry" | "onFailed"> {
  readonly onError: (error: Parameters<Hooks<never>["onError"]>[0]) => void
  /** Called with each frame that the page's listeners let through. Returns `true` if the page shall not get it. */
  readonly onFrame: (frame: unknown) => boolean
}

/** Most connections have no typed client. */
const none: ReadonlyArray<never> = []

/** `A` is a message of the connection. */
export class Port<A extends Settled> {
  readonly version = 1
  /** Replaced and never changed: an event goes to those that there were when it happened. */
  listeners: ReadonlyArray<Listener> = none
  readonly connection: Connection<A>

  constructor(connection: Connection<A>) {
    this.connection = connection
  }

  /** Sends a message in its turn, or queues it. */
  send(message: A): void {
    this.connection.send(message)
  }

  /** Calls all listeners. Returns whether one of them has returned `true`. */
  call<Name extends keyof Listener>(name: Name, ...event: Parameters<Listener[Name]>): boolean {
    if (this.listeners.length === 0) return false
    const results = this.listeners.map((listener) =>
      (listener[name] as (...event: Parameters<Listener[Name]>) => unknown)(...event),
    )
    return results.includes(true)
  }
}
