declare global {
  interface Window {
    clock: {
      /** Advances the clock by this many milliseconds: due timers run in order, each with all its microtasks. */
      readonly pass: (millis: number) => Promise<void>
      /** Advances the clock to the next timer due within the given time. Returns the rest, or `null` if none is due. */
      readonly passToNext: (millis: number) => Promise<number | null>
    }
  }
}

/**
 * Runs in the page before its scripts: stops the clock until the test advances it. A timer of 0 ms is a task like those
 * of the network, and runs by itself.
 */
export const stopClock = (): void => {
  interface Timer {
    readonly at: number
    readonly every: number | undefined
    readonly act: () => void
  }

  const { setTimeout: later, clearTimeout: forget } = window
  const timers = new Map<number, Timer>()
  let now = 1_000_000
  // Ids that cannot be the browser's own.
  let lastId = 1_000_000_000

  const start =
    (repeats: boolean) =>
    (handler: (...rest: Array<unknown>) => void, delay = 0, ...rest: Array<unknown>): number => {
      if (!repeats && !(delay > 0)) return later(handler, 0, ...rest)
      const every = repeats ? Math.max(1, delay) : undefined
      timers.set(++lastId, { at: now + delay, every, act: () => handler(...rest) })
      return lastId
    }
  const stop = (id?: number): void => {
    if (id !== undefined && !timers.delete(id)) forget(id)
  }

  const nextUntil = (until: number): [number, Timer] | undefined =>
    [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0]

  const run = async ([id, { act, at, every }]: [number, Timer]): Promise<void> => {
    now = Math.max(now, at)
    if (every === undefined) timers.delete(id)
    else timers.set(id, { at: at + every, every, act })
    // In a task, so that an exception is an uncaught error of the page.
    await new Promise<void>((resolve) => {
      later(() => {
        later(resolve)
        act()
      })
    })
  }

  Object.assign(window, {
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: stop,
    clearInterval: stop,
  })
  Date.now = () => now
  performance.now = () => now

  window.clock = {
    pass: async (millis) => {
      const until = now + millis
      for (let next = nextUntil(until); next !== undefined; next = nextUntil(until)) await run(next)
      now = until
    },
    passToNext: async (millis) => {
      const until = now + millis
      const next = nextUntil(until)
      if (next === undefined) return null
      await run(next)
      return until - now
    },
  }
}
