/** The connections of a page by element: one each, for as long as the element is in the document. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Connection from "../core/Connection.ts"
import { type Request, WebSocketConstructor, type WebSocketLike } from "../core/Socket.ts"
import { ancestors, isOnPage } from "./elements.ts"
import type { Report } from "./notices.ts"
import type { Page, Tracked } from "./Page.ts"
import { run } from "./Runtime.ts"
import type { Decoded } from "./Settings.ts"

/** Makes a connection in a scope of its own. Returns it, and a function that ends it. */
export const openConnection = <A>(
  settings: Connection.Settings,
  hooks: Connection.Hooks<A>,
  construct: (request: Request) => WebSocketLike,
): readonly [connection: Connection.Connection<A>, end: () => void] => {
  const scope = Scope.makeUnsafe()
  const making = Scope.provide(Connection.make(settings, hooks), scope)
  // `runSync` would give each connection a scheduler of its own, which yields to microtasks alone.
  const made = run(Effect.provideService(making, WebSocketConstructor, construct)).pollUnsafe()
  // Making a connection waits for nothing, and cannot fail.
  const { value } = made as Exit.Success<Connection.Connection<A>>
  return [value, () => run(Scope.close(scope, Exit.void))]
}

/** An element with a connection. */
export interface Bound extends Tracked {
  /** Ends the connection, and with it its socket, timers and queue. */
  readonly end: () => void
}

/** What all connections of a page share. */
export interface Environment<B extends Bound> {
  readonly bindings: Bindings<B>
  construct(request: Request, settings: Decoded): WebSocketLike
  /** Resolves a URL as it is written to the one to dial; `undefined` if it cannot be dialled. */
  resolve(url: string): string | undefined
  readonly report: Report
  /** Called when the state of a connection has changed. */
  onState(bound: B): void
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

  /** Ends a connection, once. Its element has none from then on. */
  end(bound: B): void {
    if (!this.has(bound)) return
    this.#byElement.delete(bound.element)
    this.#page.delete(bound)
    bound.end()
  }

  has(bound: B): boolean {
    return this.#byElement.get(bound.element) === bound
  }

  /** Releases a connection whose element has left the document unnoticed. Returns whether the element has lost it. */
  releaseIfGone(bound: B): boolean {
    if (this.has(bound) && !isOnPage(bound.element)) this.#page.onRemoved(bound.element)
    return !this.has(bound)
  }

  of(element: Element): B | undefined {
    return this.#byElement.get(element)
  }

  /** Returns the connection of an element, or of the nearest one around it. */
  around(element: Element): B | undefined {
    for (const at of ancestors(element)) {
      const bound = this.of(at)
      if (bound !== undefined) return bound
    }
    return undefined
  }

  /** Returns the connections of an element and of those inside it. */
  within(root: Element): ReadonlyArray<B> {
    const own = this.of(root)
    if (root.firstElementChild === null) return own === undefined ? [] : [own]
    return [...this.#byElement.values()].filter(({ element }) => root.contains(element))
  }

  [Symbol.iterator](): Iterator<B> {
    return this.#byElement.values()
  }
}
