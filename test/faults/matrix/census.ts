/** Counts what a script keeps: its timers, its listeners of the page, and its fibers. */
import type { DOMWindow } from "jsdom"

type Window = DOMWindow & Pick<typeof globalThis, "setTimeout" | "clearTimeout" | "EventTarget">

type Listener = (event: Event) => void

/** The part of an Effect fiber by which it is known to have ended. */
interface Fiber {
  pollUnsafe(): unknown
}

/** Effect puts the running fiber here, in the scripts as well. */
const currentFiber = "~effect/Fiber/currentFiber"

/** Whether a target stays when all elements of the page have left. */
const outlivesElements = (target: EventTarget): boolean =>
  !("parentElement" in target) || target.parentElement === null || "body" in target

/** Whether the function that called the wrapped one is of a script in `dist`: htmx has timers and listeners, too. */
const isOurs = (wrapped: (...args: never) => unknown): boolean => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 1
  const trace: { stack?: string } = {}
  Error.captureStackTrace(trace, wrapped)
  Error.stackTraceLimit = stackTraceLimit
  return trace.stack?.includes("/dist/") === true
}

export class Census {
  readonly #timers = new Set<number>()
  readonly #listeners = new Set<object>()
  readonly #fibers = new Set<Fiber>()

  /** Begins to count, before the script runs. */
  constructor(window: Window) {
    this.#countTimers(window)
    this.#countListeners(window.EventTarget.prototype, window)
    this.#countFibers(window)
  }

  get timers(): number {
    return this.#timers.size
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** The fibers that have not ended. */
  get fibers(): number {
    for (const fiber of this.#fibers) if (fiber.pollUnsafe() !== undefined) this.#fibers.delete(fiber)
    return this.#fibers.size
  }

  #countTimers(window: Window): void {
    const timers = this.#timers
    const { clearTimeout, setTimeout } = window
    const set = (act: () => void, delay?: number): unknown => {
      if (!isOurs(set)) return setTimeout(act, delay)
      const id = setTimeout(() => {
        timers.delete(Number(id))
        act()
      }, delay)
      timers.add(Number(id))
      return id
    }
    const clear = (id?: number): void => {
      timers.delete(Number(id))
      clearTimeout(id)
    }
    Object.assign(window, { setTimeout: set, clearTimeout: clear })
  }

  #countListeners(prototype: EventTarget, window: Window): void {
    const all = this.#listeners
    const known = new WeakMap<EventTarget, Map<string, Map<Listener, Listener>>>()
    const { addEventListener, removeEventListener } = prototype
    const registryOf = (target: EventTarget, type: string): Map<Listener, Listener> => {
      const byType = known.get(target) ?? new Map<string, Map<Listener, Listener>>()
      known.set(target, byType)
      const registry = byType.get(type) ?? new Map<Listener, Listener>()
      byType.set(type, registry)
      return registry
    }
    prototype.addEventListener = function add(
      this: EventTarget | undefined,
      type: string,
      listener: Listener,
      options?: AddEventListenerOptions,
    ) {
      const target = this ?? window
      const registry = registryOf(target, type)
      if (!outlivesElements(target) || !isOurs(add) || registry.has(listener)) {
        addEventListener.call(target, type, listener, options)
        return
      }
      const forget = (): void => {
        all.delete(counted)
        registry.delete(listener)
      }
      const counted: Listener = (event) => {
        if (options?.once) forget()
        listener.call(target, event)
      }
      all.add(counted)
      registry.set(listener, counted)
      if (options?.signal) addEventListener.call(options.signal, "abort", forget)
      addEventListener.call(target, type, counted, options)
    } as EventTarget["addEventListener"]
    prototype.removeEventListener = function (
      this: EventTarget | undefined,
      type: string,
      listener: Listener,
      options?: EventListenerOptions,
    ) {
      const target = this ?? window
      const registry = registryOf(target, type)
      const counted = registry.get(listener)
      if (counted !== undefined) {
        all.delete(counted)
        registry.delete(listener)
      }
      removeEventListener.call(target, type, counted ?? listener, options)
    } as EventTarget["removeEventListener"]
  }

  #countFibers(window: Window): void {
    let current: Fiber | undefined
    Object.defineProperty(window, currentFiber, {
      configurable: true,
      get: () => current,
      set: (fiber: Fiber | undefined) => {
        current = fiber
        if (fiber !== undefined) this.#fibers.add(fiber)
      },
    })
  }
}
