import type { DOMWindow } from "jsdom"

interface Timer {
  readonly at: number
  readonly every: number | undefined
  readonly act: () => void
}

/** The time of one window: it stands still until a test lets it pass. */
export class Clock {
  now = 1_000_000
  readonly #timers = new Map<number, Timer>()
  readonly #onError: (error: unknown) => void
  #last = 0

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Replaces the clocks and timers of a window. */
  install(
    window: DOMWindow &
      Pick<
        typeof globalThis,
        "setTimeout" | "Date" | "CloseEvent" | "MessageEvent" | "Event" | "DOMException"
      >,
  ): void {
    const start =
      (repeats: boolean) =>
      (handler: (...rest: Array<unknown>) => void, delay = 0, ...rest: Array<unknown>): number => {
        const every = repeats ? Math.max(1, delay) : undefined
        const id = ++this.#last
        this.#timers.set(id, { at: this.now + Math.max(0, delay), every, act: () => handler(...rest) })
        return id
      }
    const clear = (id?: number): void => {
      if (id !== undefined) this.#timers.delete(id)
    }
    Object.assign(window, {
      setTimeout: start(false),
      setInterval: start(true),
      clearTimeout: clear,
      clearInterval: clear,
    })
    window.Date.now = () => this.now
    window.performance.now = () => this.now
  }

  /** How many timers are running. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets so many milliseconds pass, and everything happen that is due within them. */
  advance(millis: number): void {
    const until = this.now + millis
    for (;;) {
      const next = this.#nextUntil(until)
      if (next === undefined) break
      const [id, { act, at, every }] = next
      this.now = Math.max(this.now, at)
      if (every === undefined) this.#timers.delete(id)
      else this.#timers.set(id, { at: at + every, every, act })
      try {
        act()
      } catch (error) {
        this.#onError(error)
      }
    }
    this.now = until
  }

  /** As `advance`, but asleep: the clock jumps, and the timers that are due find out late. */
  sleep(millis: number): void {
    this.now += millis
    this.advance(0)
  }

  #nextUntil(until: number): readonly [number, Timer] | undefined {
    let next: readonly [number, Timer] | undefined
    for (const entry of this.#timers) {
      if (entry[1].at <= until && (next === undefined || entry[1].at < next[1].at)) next = entry
    }
    return next
  }
}
