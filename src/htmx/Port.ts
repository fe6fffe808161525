/**
 * The port of a connection's public object, by which a typed client uses the connection of an element. It has a version,
 * since a page's program and its script are built apart.
 */
import type { Connection, Hooks } from "../core/Connection.ts"
import type { DropReason } from "../core/Outbox.ts"

/** How a message ended. `vetoed`: a listener cancelled it. `removed`: the page removed it from the queue. */
export type Ending = "written" | "vetoed" | "removed" | DropReason

/** A message whose end is reported: of a typed client, or of a listener that has set `settle`. */
export interface Settleable {
  /** Called in the turn in which the message ends, at least once. */
  readonly settle?: ((ending: Ending) => void) | undefined
}

/** The listener of a typed client. Called in the turn of each event of a connection. */
export interface Listener extends Pick<Hooks<never>, "onState" | "onRetry" | "onFailed"> {
  readonly onError: (error: Parameters<Hooks<never>["onError"]>[0]) => void
  /** Called with each frame that the page's listeners let through. Returns whether the client takes it from the page. */
  readonly onFrame: (frame: unknown) => boolean
}

/** Shared, since most connections have no typed client. */
const none: ReadonlyArray<never> = []

/** The port of a connection with messages `A`. */
export class Port<A extends Settleable> {
  readonly version = 1
  /** Replaced and never mutated: an event goes to the listeners that there were when it happened. */
  listeners: ReadonlyArray<Listener> = none
  readonly connection: Connection<A>

  constructor(connection: Connection<A>) {
    this.connection = connection
  }

  /** Sends a message, or queues it. */
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
