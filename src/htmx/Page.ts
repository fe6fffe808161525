/** What happens to a page, told to the connections on it: being hidden, cached, offline, and losing elements. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as CloseCode from "../core/CloseCode.ts"
import { ancestors, isOnPage } from "./elements.ts"
import { run } from "./Runtime.ts"

/** A connection as the page sees it. */
export interface Resident {
  readonly element: Element
  readonly connection: {
    pause(code?: number, reason?: string): void
    resume(): void
    wake(): void
  }
  /** How long, in milliseconds, the page may be hidden before the connection is paused; `false` for ever. */
  readonly pauseAfter: number | false
}

export class Page {
  /** With each, the pause that it is about to take. */
  readonly #residents = new Map<Resident, Fiber.Fiber<void> | undefined>()
  /** Residents and what is around them, or was: nothing else takes one along when it leaves. */
  readonly #around = new WeakSet<Node>()
  /** Elements that have left and may come back. */
  readonly #absent = new Set<WeakRef<Element>>()
  readonly onRemoved: (element: Element) => void
  readonly #onReturned: (element: Element) => void
  readonly #mutations: MutationObserver
  #listeners = new AbortController()

  /**
   * `onRemoved` is called for each resident whose element has left the document, `onReturned` when one is back that
   * `expect` was called for.
   */
  constructor(onRemoved: (element: Element) => void, onReturned: (element: Element) => void = () => {}) {
    this.onRemoved = onRemoved
    this.#onReturned = onReturned
    this.#mutations = new MutationObserver((records) => {
      const isNarrowed = this.#absent.size > 0 && this.#welcome()
      // Told of each frame where frames are swapped beside a resident.
      const removed: Array<Node> = []
      for (const { removedNodes } of records)
        removedNodes.forEach((node) => void (this.#around.has(node) && removed.push(node)))
      if (removed.length === 0 && !isNarrowed) return
      // What has only moved has others around it now.
      const hasMoved = isNarrowed || removed.some(({ isConnected }) => isConnected)
      for (const resident of this.#residents.keys()) {
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
    if (this.#absent.size === 0) this.#mutations.disconnect()
    this.#listeners.abort()
  }

  /** Watches for the return of an element that has left. The whole document is observed as long as it exists. */
  expect(element: Element): void {
    this.#absent.add(new WeakRef(element))
    this.#mutations.observe(document, { childList: true, subtree: true })
  }

  /** Answers whether nobody is missed any more: what has happened to residents since is not told then. */
  #welcome(): boolean {
    for (const absent of this.#absent) {
      const element = absent.deref()
      if (element !== undefined && !isOnPage(element)) continue
      this.#absent.delete(absent)
      if (element !== undefined) this.#onReturned(element)
    }
    if (this.#absent.size > 0) return false
    this.#mutations.disconnect()
    return true
  }

  #listen(): void {
    this.#listeners = new AbortController()
    const { signal } = this.#listeners
    const each = (tell: (resident: Resident) => void) => (): void =>
      // One that another takes along is not told.
      this.#residents.forEach((_, resident) => void tell(resident))
    const leave = each(({ connection }) => connection.pause(CloseCode.NormalClosure, "page navigating away"))
    const hide = each((resident) => this.#hide(resident))
    const show = each((resident) => this.#show(resident))
    const wake = each(({ connection }) => connection.wake())
    // A page that was visible hears `visibilitychange` after `pagehide`.
    const onPageHide = ({ isTrusted }: Event): void => {
      if (isTrusted && !document.hidden)
        window.addEventListener("visibilitychange", leave, { signal, once: true })
      else leave()
    }
    const listenLast = (): void => {
      window.removeEventListener("pagehide", onPageHide)
      window.addEventListener("pagehide", onPageHide, { signal })
    }
    listenLast()
    const onVisibilityChange = (): void => {
      if (document.hidden) {
        hide()
        listenLast()
      } else show()
    }
    afterOthers("visibilitychange", onVisibilityChange, { signal })
    window.addEventListener("pageshow", show, { signal })
    window.addEventListener("online", wake, { signal })
    // The browser thaws a page that it had frozen.
    document.addEventListener("resume", wake, { signal })
  }

  /** An element leaves when it, or one around it, is taken from its parent. No other change to a page is noted. */
  #watch({ element }: Resident): void {
    for (const at of ancestors(element)) {
      this.#around.add(at)
      if (at.parentNode !== null) this.#mutations.observe(at.parentNode, { childList: true })
    }
  }

  #hide(resident: Resident): void {
    const { connection, pauseAfter } = resident
    if (pauseAfter === 0) connection.pause()
    else if (pauseAfter !== false) {
      const pause = Effect.sync(() => connection.pause())
      this.#residents.get(resident)?.interruptUnsafe()
      this.#residents.set(resident, run(Effect.delay(pause, pauseAfter)))
    }
  }

  #show(resident: Resident): void {
    if (document.hidden && resident.pauseAfter !== false) return
    this.#residents.get(resident)?.interruptUnsafe()
    resident.connection.resume()
  }
}

/** Listens to an event of the document after all that the page listens with, up to the moment of the event. */
const afterOthers = (type: string, listener: () => void, options: AddEventListenerOptions): void =>
  window.addEventListener(
    type,
    // Events that people's tests make may not bubble.
    ({ bubbles }) => (bubbles ? window : document).addEventListener(type, listener, { once: true }),
    { ...options, capture: true },
  )
