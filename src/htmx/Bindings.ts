/** Which element has which connection: one each, for as long as the element is in the document. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Connection from "../core/Connection.ts"
import { type Request, WebSocketConstructor, type WebSocketLike } from "../core/Socket.ts"
import { across } from "./across.ts"
import type { Page, Resident } from "./Page.ts"
import { run, runSync } from "./Runtime.ts"

/** A connection in a scope of its own, and how to end it. */
export const openScope = <A>(
  settings: Connection.Settings,
  owner: Connection.Owner<A>,
  construct: (request: Request) => WebSocketLike,
): readonly [connection: Connection.Connection<A>, end: () => void] => {
  const scope = Scope.makeUnsafe()
  const connection = Connection.Connection.make(settings, owner).pipe(
    Effect.provideService(WebSocketConstructor, construct),
    Scope.provide(scope),
  )
  return [runSync(connection), () => run(Scope.close(scope, Exit.void))]
}

/** An element with a connection. */
export interface Bound extends Resident {
  /** Ends the connection, and with it its socket, timers and queue. */
  readonly end: () => void
}

export class Bindings<B extends Bound> {
  readonly #byElement = new Map<Element, B>()
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  add(bound: B): void {
    this.#byElement.set(bound.element, bound)
    this.#page.add(bound)
  }

  /** Ends a connection, once. From here on its element has none. */
  end(bound: B): void {
    if (!this.has(bound)) return
    this.#byElement.delete(bound.element)
    this.#page.delete(bound)
    bound.end()
  }

  has(bound: B): boolean {
    return this.#byElement.get(bound.element) === bound
  }

  of(element: Element): B | undefined {
    return this.#byElement.get(element)
  }

  /** The nearest around `element`, across shadow roots. */
  around(element: Element): B | undefined {
    return across(element, (at) => this.#byElement.get(at))
  }

  [Symbol.iterator](): Iterator<B> {
    return this.#byElement.values()
  }
}
