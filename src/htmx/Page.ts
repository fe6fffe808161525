/** Pauses, resumes, wakes and releases connections when the page is hidden, shown, back online, or loses elements. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as CloseCode from "../core/CloseCode.ts"
import { ancestors, isHidden, isOnPage, parentOf } from "./elements.ts"
import { run } from "./Runtime.ts"

/** An element's connection, reduced to what is used of it. */
export interface Tracked {
  readonly element: Element
  readonly connection: {
    pause(code?: number, reason?: string): void
    resume(): void
    wake(): void
  }
  /** How long the page may be hidden before the connection is paused, in milliseconds; `false` for no pause. */
  readonly pauseAfter: number | false
}

export class Page {
  /** The connections, each with the timer of its pause. */
  readonly #tracked = new Map<Tracked, Fiber.Fiber<void> | undefined>()
  /** The elements and all nodes that are, or were, around them: only the removal of one of these removes an element. */
  readonly #around = new WeakSet<Node>()
  /** Elements that have left and may return. */
  readonly #gone = new Set<WeakRef<Element>>()
  readonly onRemoved: (element: Element) => void
  readonly #onReturned: (element: Element) => void
  readonly #mutations: MutationObserver
  #listeners = new AbortController()

  /**
   * `onRemoved` is called with each element that has left the document with a connection, and `onReturned` with each that
   * has returned after `awaitReturn`.
   */
  constructor(onRemoved: (element: Element) => void, onReturned: (element: Element) => void = () => {}) {
    this.onRemoved = onRemoved
    this.#onReturned = onReturned
    this.#mutations = new MutationObserver((records) => {
      const isNarrowed = this.#gone.size > 0 && this.#handleReturned()
      // This runs for each frame if frames are swapped beside an element.
      const removed: Array<Node> = []
      for (const { removedNodes } of records)
        removedNodes.forEach((node) => void (this.#around.has(node) && removed.push(node)))
      if (removed.length === 0 && !isNarrowed) return
      // Elements that have only moved have other nodes around them now.
      const hasMoved = isNarrowed || removed.some(({ isConnected }) => isConnected)
      for (const tracked of this.#tracked.keys()) {
        if (!isOnPage(tracked.element)) onRemoved(tracked.element)
        else if (hasMoved) this.#watch(tracked)
      }
    })
  }

  add(tracked: Tracked): void {
    if (this.#tracked.size === 0) this.#listen()
    this.#tracked.set(tracked, undefined)
    this.#watch(tracked)
  }

  delete(tracked: Tracked): void {
    this.#tracked.get(tracked)?.interruptUnsafe()
    this.#tracked.delete(tracked)
    if (this.#tracked.size > 0) return
    if (this.#gone.size === 0) this.#mutations.disconnect()
    this.#listeners.abort()
  }

  /** Waits for the return of an element that has left. As long as the element exists, the whole document is observed. */
  awaitReturn(element: Element): void {
    this.#gone.add(new WeakRef(element))
    this.#mutations.observe(document, { childList: true, subtree: true })
  }

  /** Handles the elements that have returned. Returns whether none is missing any more: the observer is then disconnected. */
  #handleReturned(): boolean {
    for (const reference of this.#gone) {
      const element = reference.deref()
      if (element !== undefined && !isOnPage(element)) continue
      this.#gone.delete(reference)
      if (element !== undefined) this.#onReturned(element)
    }
    if (this.#gone.size > 0) return false
    this.#mutations.disconnect()
    return true
  }

  #listen(): void {
    this.#listeners = new AbortController()
    const { signal } = this.#listeners
    const on = (
      target: EventTarget,
      type: string,
      listener: (event: Event) => void,
      options?: object,
    ): void => target.addEventListener(type, listener, { signal, ...options })
    const each = (call: (tracked: Tracked) => void) => (): void =>
      // A connection that a listener ends meanwhile is skipped.
      this.#tracked.forEach((_, tracked) => void call(tracked))
    const leave = each(({ connection }) => connection.pause(CloseCode.NormalClosure, "page navigating away"))
    const hide = each((tracked) => this.#hide(tracked))
    const show = each((tracked) => this.#show(tracked))
    const wake = each(({ connection }) => connection.wake())
    // On a page that was visible, `visibilitychange` comes after `pagehide`.
    const onPageHide = ({ isTrusted }: Event): void => {
      if (isTrusted && !isHidden()) on(window, "visibilitychange", leave, { once: true })
      else leave()
    }
    const listenLast = (): void => {
      window.removeEventListener("pagehide", onPageHide)
      on(window, "pagehide", onPageHide)
    }
    listenLast()
    const onVisibilityChange = (): void => {
      if (isHidden()) {
        hide()
        listenLast()
      } else show()
    }
    on(window, "visibilitychange", afterListeners(onVisibilityChange), { capture: true })
    on(window, "pageshow", show)
    on(window, "online", wake)
    // The browser has unfrozen the page.
    on(document, "resume", wake)
  }

  /** Observes the removal of an element and of those around it, and no other change to the page. */
  #watch({ element }: Tracked): void {
    for (const at of ancestors(element)) {
      this.#around.add(at)
      const parent = parentOf(at)
      if (parent !== null) this.#mutations.observe(parent, { childList: true })
    }
  }

  #hide(tracked: Tracked): void {
    const { connection, pauseAfter } = tracked
    if (pauseAfter === 0) connection.pause()
    else if (pauseAfter !== false) {
      const pause = Effect.sync(() => connection.pause())
      this.#tracked.get(tracked)?.interruptUnsafe()
      this.#tracked.set(tracked, run(Effect.delay(pause, pauseAfter)))
    }
  }

  #show(tracked: Tracked): void {
    if (isHidden() && tracked.pauseAfter !== false) return
    this.#tracked.get(tracked)?.interruptUnsafe()
    tracked.connection.resume()
  }
}

/** Returns a capturing listener of the window, which has `listener` called after all listeners of the page. */
const afterListeners =
  (listener: () => void) =>
  // An event that a test dispatches may not bubble.
  ({ bubbles, type }: Event): void =>
    (bubbles ? window : document).addEventListener(type, listener, { once: true })
