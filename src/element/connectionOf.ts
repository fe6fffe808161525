/** The connection of an element, as soon as it has one. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

/** The element has no connection and asks for none, or its connection belongs to another extension. */
export class NoConnection extends Data.TaggedError("NoConnection")<{
  readonly message: string
}> {}

/** Waits for the connection of an element that htmx has not processed yet, or that is still to be triggered. */
export const awaitConnection = <A>(
  version: HtmxVersion<A>,
  element: Element,
): Effect.Effect<PublicObject<A>, NoConnection> =>
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

/** The connection of an element; `undefined` if there is none yet. */
export const connectionOf = <A>(
  version: HtmxVersion<A>,
  element: Element,
): Exit.Exit<PublicObject<A>, NoConnection> | undefined => {
  const found = version.publicObject(element)
  if (found === undefined)
    return version.wantsConnection(element)
      ? undefined
      : fail("the element has no connection, and no attribute that asks for one")
  if (found.port === undefined) return fail("the connection of the element belongs to another extension")
  return found.port.version === 1
    ? Exit.succeed(found as PublicObject<A>)
    : fail("client and extension are of different versions: load the same version of both")
}

const fail = (message: string) => Exit.fail(new NoConnection({ message }))

/** Calls `listener` when the element is about to be dialled. Returns a function that stops that. */
export const onDial = <A>(version: HtmxVersion<A>, element: Element, listener: () => void): (() => void) => {
  const names = version.dialEvents(element)
  const onEvent = ({ target }: Event): void => {
    if (target === element) listener()
  }
  for (const name of names) element.addEventListener(name, onEvent)
  return () => {
    for (const name of names) element.removeEventListener(name, onEvent)
  }
}
