/** The browser's own accounting of one page. */
import { setTimeout as pause } from "node:timers/promises"
import type { Session } from "./Cdp.ts"

export interface Cost {
  /** CPU time of the main thread, in seconds. */
  readonly cpu: number
  /** From the first byte of the work to its end, in milliseconds. */
  readonly wall: number
}

/**
 * Of what `Performance.getMetrics` gives, `ThreadTime` is the CPU clock of the page's main thread: scripts, parsing,
 * style, layout and the garbage collected there, and none of the time in which another process had the core.
 * `TaskDuration` and `ScriptDuration` are wall time between the begin and the end of tasks, which grow when the
 * machine is busy; `ProcessTime` counts the threads of the network and of the compositor too.
 */
export class Meter {
  readonly #session: Session

  static async on(session: Session): Promise<Meter> {
    await session.send("Performance.enable")
    return new Meter(session)
  }

  protected constructor(session: Session) {
    this.#session = session
  }

  async #threadTime(): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics")
    const metric = metrics.find(({ name }) => name === "ThreadTime")
    if (metric === undefined) throw new Error("This browser does not tell its ThreadTime.")
    return metric.value
  }

  /** What `work` costs the page, up to `settled`, which does not count as time. */
  async measure(work: () => Promise<unknown>, settled: () => Promise<unknown>): Promise<Cost> {
    await this.#session.send("HeapProfiler.collectGarbage")
    const before = await this.#threadTime()
    const begun = performance.now()
    await work()
    const wall = performance.now() - begun
    await settled()
    return { cpu: (await this.#threadTime()) - before, wall }
  }

  /** Bytes in use, after everything unused has been collected: JavaScript's, and with those of the DOM. */
  async heap(): Promise<{ readonly js: number; readonly all: number }> {
    // What finalizers let go of is free only the next time, and they come in tasks of their own.
    await this.#session.send("HeapProfiler.collectGarbage")
    await pause(50)
    await this.#session.send("HeapProfiler.collectGarbage")
    const { embedderHeapUsedSize, usedSize } = await this.#session.send("Runtime.getHeapUsage")
    return { js: usedSize, all: usedSize + embedderHeapUsedSize }
  }
}
