/** What happens to a page, told to the connections on it: being hidden, cached, offline, and losing elements. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { across } from "./across.ts"
import { run } from "./Runtime.ts"

/** A connection as the page sees it. */
export interface Resident {
  readonly element: Element
  readonly connection: {
    pauseUnsafe(): void
    resumeUnsafe(): void
    wakeUnsafe(): void
  }
  /** How long, in milliseconds, the page may be hidden before the connection is paused; `false` for ever. */
  readonly pauseAfter: number | false
}

/** Whether an element is in the document: this one, since an element may move to that of a frame. */
export const isOnPage = (element: Element): boolean =>
  element.isConnected && element.ownerDocument === document

export class Page {
  /** With each, the pause that it is about to take. */
  readonly #residents = new Map<Resident, Fiber.Fiber<void> | undefined>()
  /** Residents and what is around them, or was: nothing else takes one along when it leaves. */
  readonly #around = new WeakSet<Node>()
  readonly #removals: MutationObserver
  #listeners = new AbortController()

  /** `onRemoved` is called for each resident whose element has left the document. */
  constructor(onRemoved: (element: Element) => void) {
    this.#removals = new MutationObserver((records) => {
      // Told of each frame where frames are swapped beside a resident.
      const removed: Array<Node> = []
      for (const { removedNodes } of records)
        removedNodes.forEach((node) => void (this.#around.has(node) && removed.push(node)))
      if (removed.length === 0) return
      // What has only moved has others around it now.
      const hasMoved = removed.some(({ isConnected }) => isConnected)
      for (const resident of [...this.#residents.keys()]) {
        if (!isOnPage(resident.element)) onRemoved(resident.element)
        else if (hasMoved) this.#watch(resident)
      }
    })
  }

  add(resident: Resident): void {
    if (this.#residents.size === 0) this.#listen()
    this.#residents.set(resident, undefined)
    this.#watch(resident)
  }

  delete(resident: Resident): void {
    this.#residents.get(resident)?.interruptUnsafe()
    this.#residents.delete(resident)
    if (this.#residents.size > 0) return
    this.#removals.disconnect()
    this.#listeners.abort()
  }

  #listen(): void {
    this.#listeners = new AbortController()
    const { signal } = this.#listeners
    const on = (target: EventTarget, type: string, tell: (resident: Resident) => void): void =>
      target.addEventListener(type, () => [...this.#residents.keys()].forEach(tell), { signal })
    on(document, "visibilitychange", (resident) =>
      document.hidden ? this.#hide(resident) : this.#show(resident),
    )
    on(window, "pagehide", ({ connection }) => connection.pauseUnsafe())
    on(window, "pageshow", (resident) => this.#show(resident))
    on(window, "online", ({ connection }) => connection.wakeUnsafe())
    // The browser thaws a page that it had frozen.
    on(document, "resume", ({ connection }) => connection.wakeUnsafe())
  }

  /** An element leaves when it, or one around it, is taken from its parent. No other change to a page is noted. */
  #watch({ element }: Resident): void {
    across(element, (at) => {
      this.#around.add(at)
      if (at.parentNode !== null) this.#removals.observe(at.parentNode, { childList: true })
      return undefined
    })
  }

  #hide(resident: Resident): void {
    const { connection, pauseAfter } = resident
    if (pauseAfter === false) return
    const pause = Effect.sync(() => connection.pauseUnsafe())
    this.#residents.get(resident)?.interruptUnsafe()
    this.#residents.set(resident, run(pauseAfter === 0 ? pause : Effect.delay(pause, pauseAfter)))
  }

  #show(resident: Resident): void {
    if (document.hidden && resident.pauseAfter !== false) return
    this.#residents.get(resident)?.interruptUnsafe()
    resident.connection.resumeUnsafe()
  }
}
