/** Finds the connection of an element, as soon as it has one. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Payload } from "../core/Payload.ts"
import type { Port, Settleable } from "../htmx/Port.ts"

/** The element has no connection and asks for none, or its connection belongs to another extension. */
export class NoConnection extends Data.TaggedError("NoConnection")<{ readonly message: string }> {}

/** The public object of a connection. That of another extension has no port. */
export interface PublicObject {
  readonly port: Port<Settleable> & {
    /** Removes messages that listeners delay and that are not in the outbox yet, on htmx 4. */
    readonly withdraw?: (messages: ReadonlySet<Settleable>) => void
  }
  reconnect(): void
  close(code?: number, reason?: string): void
}

/** How a version of htmx exposes the connections of elements. */
export interface HtmxVersion {
  /** Returns the public object of an element's connection, if it has one. */
  readonly publicObject: (element: Element) => Partial<PublicObject> | undefined
  /** Returns whether an element bears an attribute that connects it. */
  readonly wantsConnection: (element: Element) => boolean
  /** Returns the events before a dial, of this extension and of the official one. */
  readonly dialEvents: (element: Element) => ReadonlyArray<string>
  readonly makeMessage: (element: Element, payload: Payload, settle: Settleable["settle"]) => Settleable
}

/** Waits for the connection of an element that htmx has not processed yet, or that is still to be triggered. */
export const awaitConnection = (
  version: HtmxVersion,
  element: Element,
): Effect.Effect<PublicObject, NoConnection> =>
  Effect.callback((resume) => {
    const look = (): void => {
      const found = connectionOf(version, element)
      if (found === undefined) return
      stop()
      resume(found)
    }
    const stop = onDial(version, element, () => {
      look()
      // The official script dispatches the event before it exposes its connection.
      queueMicrotask(look)
    })
    look()
    return Effect.sync(stop)
  })

/** Returns the connection of an element; `undefined` if it has none yet. */
export const connectionOf = (
  version: HtmxVersion,
  element: Element,
): Exit.Exit<PublicObject, NoConnection> | undefined => {
  const found = version.publicObject(element)
  if (found === undefined)
    return version.wantsConnection(element)
      ? undefined
      : fail("the element has no connection, and no attribute that asks for one")
  if (found.port === undefined) return fail("the connection of the element belongs to another extension")
  return found.port.version === 1
    ? Exit.succeed(found as PublicObject)
    : fail("client and extension are of different versions: load the same version of both")
}

const fail = (message: string) => Exit.fail(new NoConnection({ message }))

/** Calls `listener` when the connection of an element is about to be dialled. Returns a function that removes it. */
export const onDial = (version: HtmxVersion, element: Element, listener: () => void): (() => void) => {
  const names = version.dialEvents(element)
  const onEvent = ({ target }: Event): void => {
    if (target === element) listener()
  }
  for (const name of names) element.addEventListener(name, onEvent)
  return () => {
    for (const name of names) element.removeEventListener(name, onEvent)
  }
}
