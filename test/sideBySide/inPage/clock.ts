export interface PageClock {
  /** Advances the clock to the next timer due within `budget`. Returns the rest, or `undefined` if none is due. */
  step(budget: number): number | undefined
  /** Advances the clock without running a timer. */
  skip(time: number): void
  /** Resolves after the pending tasks have run. */
  turn(): Promise<void>
}

/** Runs in the page before its scripts: stops the clock until the case advances it, and fixes random numbers. */
export const stopTime = (): void => {
  const start = Date.UTC(2026, 0, 1)
  const timers = new Map<number, { at: number; every: number | undefined; run: () => void }>()
  let now = 0
  let last = 0

  const add = (callback: unknown, delay: unknown, args: Array<unknown>, repeats: boolean): number => {
    const time = Math.max(0, Number(delay) || 0)
    timers.set(++last, {
      at: now + time,
      every: repeats ? Math.max(1, time) : undefined,
      run: () => (typeof callback === "function" ? callback(...args) : new Function(String(callback))()),
    })
    return last
  }
  const remove = (id: unknown) => void timers.delete(Number(id))

  // A task of its own, without the 4 ms delay of nested timers.
  const { port1, port2 } = new MessageChannel()
  const waiting: Array<() => void> = []
  port2.onmessage = () => waiting.shift()?.()

  Object.assign(globalThis, {
    setTimeout: (callback: unknown, delay?: unknown, ...args: Array<unknown>) =>
      add(callback, delay, args, false),
    setInterval: (callback: unknown, delay?: unknown, ...args: Array<unknown>) =>
      add(callback, delay, args, true),
    requestAnimationFrame: (callback: (time: number) => void) => add(() => callback(now), 16, [], false),
    clearTimeout: remove,
    clearInterval: remove,
    cancelAnimationFrame: remove,
  })
  Object.defineProperty(performance, "now", { value: () => now })
  globalThis.Date = class extends Date {
    constructor(...args: Array<unknown>) {
      super(...((args.length === 0 ? [start + now] : args) as [number]))
    }
    static override now() {
      return start + now
    }
  } as DateConstructor
  Math.random = () => 0.5

  window.time = {
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        port1.postMessage(0)
      }),
    skip(time) {
      now += time
    },
    step(budget) {
      const [first] = [...timers].sort(([, a], [, b]) => a.at - b.at)
      if (first === undefined || first[1].at > now + budget) return undefined
      const [id, due] = first
      const left = Math.max(0, budget - Math.max(0, due.at - now))
      now = Math.max(now, due.at)
      if (due.every === undefined) timers.delete(id)
      else due.at = now + due.every
      // Reported to `window.onerror`, as for an error in a timer.
      try {
        due.run()
      } catch (error) {
        reportError(error)
      }
      return left
    },
  }
}

declare global {
  interface Window {
    time: PageClock
  }
}
