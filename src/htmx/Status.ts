/** Shows the state of connections for CSS: as `data-ws-state` on elements with `ws-status`. */
import type { State } from "../core/Connection.ts"
import { findAll, selectorOf } from "./elements.ts"

/** The state of a connection for a page: in `state`, and in `data-ws-state`. */
export type StateName = "connecting" | "open" | "reconnecting" | "paused" | "closed" | "failed"

/** The names of states that a page cannot tell from another. */
const names: { readonly [K in State["_tag"]]?: StateName } = {
  Greeting: "open",
  Holding: "open",
  Waiting: "reconnecting",
  Closing: "closed",
  Ended: "closed",
}

/** Returns the name of a state for a page. */
export const stateName = ({ _tag }: State): StateName => names[_tag] ?? (_tag.toLowerCase() as StateName)

/** A connection whose state is shown. */
interface Shown {
  readonly element: Element
  readonly connection: { readonly state: State }
}

/** The connections of the page. */
interface Connections extends Iterable<Shown> {
  around(element: Element): Shown | undefined
}

const attribute = "data-ws-state"

export class Status {
  readonly #names: () => ReadonlyArray<string>
  readonly #connections: Connections
  readonly #report: (sentence: string) => void
  /** The name that was shown last: several states have the same. */
  readonly #last = new WeakMap<Shown, StateName>()
  /** The elements that bear the attribute, or did. */
  readonly #bearers = new Set<WeakRef<Element>>()
  /** The name that each of these elements shows. */
  readonly #known = new WeakMap<Element, StateName | undefined>()
  #hasSearched = false
  // A morph removes attributes that the server does not know.
  readonly #restore = new MutationObserver((records) => {
    for (const { target } of records) this.refresh(target as Element)
  })

  /** `names` returns the spellings of the attribute. */
  constructor(
    names: () => ReadonlyArray<string>,
    connections: Connections,
    report: (sentence: string) => void,
  ) {
    this.#names = names
    this.#connections = connections
    this.#report = report
  }

  /** Shows the state of a connection on the elements that refer to it. */
  show(shown: Shown): void {
    const name = stateName(shown.connection.state)
    if (this.#last.get(shown) === name) return
    if (!this.#last.has(shown)) this.#search()
    this.#last.set(shown, name)
    for (const reference of this.#bearers) {
      const element = reference.deref()
      if (element === undefined) this.#bearers.delete(reference)
      else if (this.#bears(element) && this.#find(element, [shown])) this.#write(element, shown)
    }
  }

  /** Finds elements outside of `hx-ext`, which htmx does not announce: once for all connections made in a turn. */
  #search(): void {
    if (this.#hasSearched) return
    this.#hasSearched = true
    queueMicrotask(() => {
      this.#hasSearched = false
    })
    for (const element of findAll(document, selectorOf(this.#names()))) this.#add(element)
  }

  #add(element: Element): void {
    if (this.#known.has(element)) return
    this.#known.set(element, undefined)
    this.#bearers.add(new WeakRef(element))
  }

  #bears(element: Element): boolean {
    return element.isConnected && element.matches(selectorOf(this.#names()))
  }

  /** Shows on an element the state of the connection that it refers to. Does nothing without the attribute. */
  refresh(element: Element): void {
    if (!this.#bears(element)) return
    this.#add(element)
    this.#write(element, this.#find(element, this.#connections))
  }

  /** Returns the connection that an element refers to, if it is among these. */
  #find(element: Element, candidates: Iterable<Shown>): Shown | undefined {
    const selector = this.#names().reduce((found, name) => found || element.getAttribute(name) || "", "")
    const around = selector ? undefined : this.#connections.around(element)
    try {
      for (const shown of candidates) {
        if (selector ? shown.element.matches(selector) : shown === around) return shown
      }
    } catch {
      this.#report(`${this.#names()[0]}="${selector}" is not a valid selector`)
    }
    return undefined
  }

  #write(element: Element, shown: Shown | undefined): void {
    // On htmx 4 an element has no connection any more after that has failed.
    const without = this.#known.get(element) === "failed" ? "failed" : "closed"
    const name = shown === undefined ? without : stateName(shown.connection.state)
    this.#known.set(element, name)
    if (element.getAttribute(attribute) !== name) element.setAttribute(attribute, name)
    this.#restore.observe(element, { attributeFilter: [attribute] })
  }
}
