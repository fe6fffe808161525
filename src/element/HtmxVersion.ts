/** What differs between the versions of htmx in how an element shows its connection. */
import type { Payload } from "../core/Payload.ts"
import type { Port } from "../htmx/Port.ts"

/** The public object of a connection. That of another extension has no port. */
export interface PublicObject<A> {
  readonly port: Port<A> & {
    /** On htmx 4, listeners may hold up a message before it comes to the outbox. */
    readonly send?: (message: A) => void
    /** Takes back a message that is not in the outbox yet. */
    readonly withdraw?: (message: A) => void
  }
  reconnect(): void
  close(code?: number, reason?: string): void
}

/** `A` is a message in the outbox of a connection. */
export interface HtmxVersion<A> {
  /** The public object of an element's connection, if it has one. */
  readonly publicObject: (element: Element) => Partial<PublicObject<A>> | undefined
  /** Whether an element asks for a connection. */
  readonly wantsConnection: (element: Element) => boolean
  /** The events before a dial, of this extension and of the official one. */
  readonly dialEvents: (element: Element) => ReadonlyArray<string>
  readonly makeMessage: (element: Element, payload: Payload) => A
}
