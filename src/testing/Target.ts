/**
 * An `EventTarget` that counts its listeners, and calls the others if one throws.
 *
 * Norm: DOM §2.7; HTML, event handler IDL attributes.
 */
import type { PlatformEvent } from "./Platform.ts"

export type Listener =
  | ((event: PlatformEvent) => unknown)
  | { handleEvent(event: PlatformEvent): unknown }
  | null

/** The value of an `on…` property. */
export type Handler = ((event: PlatformEvent) => unknown) | null

interface ListenerOptions {
  readonly capture?: boolean
  readonly once?: boolean
  readonly passive?: boolean
  readonly signal?: AbortSignal
}

type Guard = (event: PlatformEvent) => void

/** Returns the key of a listener. The same function may be added once for each type and phase. */
const keyOf = (type: string, options: boolean | ListenerOptions | undefined): string => {
  const capture = typeof options === "object" ? options.capture : options
  return `${type} ${capture === true}`
}

export class Target extends EventTarget {
  readonly #uncaught: (error: unknown) => void
  /** The guarded listener that is registered for each listener, by key. */
  readonly #guards = new Map<string, Map<Listener, Guard>>()
  readonly #handlers = new Map<string, { current: Handler; readonly listener: Guard }>()

  constructor(uncaught: (error: unknown) => void) {
    super()
    this.#uncaught = uncaught
  }

  /** How many listeners it has, the `on…` properties among them. */
  get listeners(): number {
    return [...this.#guards.values()].reduce((sum, { size }) => sum + size, 0)
  }

  override addEventListener(type: string, listener: Listener, options?: boolean | ListenerOptions): void {
    const key = keyOf(type, options)
    const guards = this.#guards.get(key) ?? new Map<Listener, Guard>()
    this.#guards.set(key, guards)
    const { once = false, signal } = typeof options === "object" ? options : {}
    if (listener === null || guards.has(listener) || signal?.aborted) return
    const remove = () => this.removeEventListener(type, listener, options)
    const guard: Guard = (event) => {
      if (once) remove()
      try {
        if (typeof listener === "function") listener.call(this, event)
        else listener.handleEvent(event)
      } catch (error) {
        this.#uncaught(error)
      }
    }
    guards.set(listener, guard)
    super.addEventListener(type, guard, options)
    signal?.addEventListener("abort", remove, { once: true })
  }

  override removeEventListener(type: string, listener: Listener, options?: boolean | ListenerOptions): void {
    const guards = this.#guards.get(keyOf(type, options))
    const guard = guards?.get(listener)
    if (guard === undefined) return
    guards?.delete(listener)
    super.removeEventListener(type, guard, options)
  }

  protected handlerOf(type: string): Handler {
    return this.#handlers.get(type)?.current ?? null
  }

  /** Sets the handler of an event. It is called in the place of the handler that it replaces. */
  protected handle(type: string, handler: Handler): void {
    const known = this.#handlers.get(type)
    if (typeof handler !== "function") {
      if (known !== undefined) this.removeEventListener(type, known.listener)
      this.#handlers.delete(type)
    } else if (known !== undefined) known.current = handler
    else {
      const entry = {
        current: handler,
        listener: (event: PlatformEvent) => void entry.current.call(this, event),
      }
      this.#handlers.set(type, entry)
      this.addEventListener(type, entry.listener)
    }
  }
}
