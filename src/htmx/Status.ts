/** The state of a connection, shown on the page for CSS: `data-ws-state` on elements that ask for it. */
import type { State } from "../core/Connection.ts"
import { selectorOf } from "./elements.ts"

const names = {
  Connecting: "connecting",
  Greeting: "open",
  Holding: "open",
  Open: "open",
  Waiting: "reconnecting",
  Paused: "paused",
  Closing: "closed",
  Closed: "closed",
  Ended: "closed",
  Failed: "failed",
} as const

export type StateName = (typeof names)[keyof typeof names]

/** The state's name for a page. */
export const stateName = (state: State): StateName => names[state._tag]

/** A connection that is shown. */
interface Shown {
  readonly element: Element
  readonly connection: { readonly state: State }
}

const attribute = "data-ws-state"

export class Status {
  readonly #names: () => ReadonlyArray<string>
  readonly #around: (element: Element) => Shown | undefined
  readonly #all: Iterable<Shown>
  readonly #report: (sentence: string) => void
  /** What of each is shown already: some changes of state are none for a page, and looking for all elements takes time. */
  readonly #last = new WeakMap<Shown, StateName>()
  // A morph takes away what the server does not know of.
  readonly #restore = new MutationObserver((records) => {
    for (const { target } of records) this.refresh(target as Element)
  })

  /**
   * `names` are the spellings of the attribute that asks, `around` finds the connection that an element is in,
   * `all` are those of the page, `report` is told what cannot be shown.
   */
  constructor(
    names: () => ReadonlyArray<string>,
    around: (element: Element) => Shown | undefined,
    all: Iterable<Shown>,
    report: (sentence: string) => void,
  ) {
    this.#names = names
    this.#around = around
    this.#all = all
    this.#report = report
  }

  get selector(): string {
    return selectorOf(this.#names())
  }

  /** Shows the state of a connection wherever it is asked for. */
  show(shown: Shown): void {
    const name = stateName(shown.connection.state)
    if (this.#last.get(shown) === name) return
    this.#last.set(shown, name)
    for (const element of document.querySelectorAll(this.selector)) {
      if (this.#shownBy(element, [shown])) this.#write(element, shown)
    }
  }

  /** Shows on `element` the state of the connection that it asks for. */
  refresh(element: Element): void {
    if (element.isConnected && element.matches(this.selector)) {
      this.#write(element, this.#shownBy(element, this.#all))
    }
  }

  #shownBy(element: Element, candidates: Iterable<Shown>): Shown | undefined {
    const selector = this.#names().reduce((found, name) => found || element.getAttribute(name) || "", "")
    const around = selector ? undefined : this.#around(element)
    try {
      for (const shown of candidates) {
        if (selector ? shown.element.matches(selector) : shown === around) return shown
      }
    } catch {
      this.#report(`${this.#names()[0]}="${selector}" names no element: it is not a selector.`)
    }
    return undefined
  }

  #write(element: Element, shown: Shown | undefined): void {
    const name = shown === undefined ? "closed" : stateName(shown.connection.state)
    if (element.getAttribute(attribute) !== name) element.setAttribute(attribute, name)
    this.#restore.observe(element, { attributeFilter: [attribute] })
  }
}
