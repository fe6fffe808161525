/** Measures one page by the browser's own metrics. */
import { setTimeout as pause } from "node:timers/promises"
import type { Session } from "./Cdp.ts"

export interface Cost {
  /** CPU time of the main thread, in seconds. */
  readonly cpu: number
  /** From the first byte of the work to its end, in milliseconds. */
  readonly wall: number
}

/**
 * Reads `ThreadTime` of `Performance.getMetrics`: the CPU time of the page's main thread, which is scripts, parsing,
 * style, layout and the garbage collected there. It excludes the time in which another process had the core.
 * `TaskDuration` and `ScriptDuration` are the wall time of tasks, which grows when the machine is busy;
 * `ProcessTime` also counts the threads of the network and of the compositor.
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
    if (metric === undefined) throw new Error("This browser does not report ThreadTime.")
    return metric.value
  }

  /** Measures what `work` costs the page. CPU time includes `settled`, wall time does not. */
  async measure(work: () => Promise<unknown>, settled: () => Promise<unknown>): Promise<Cost> {
    await this.#session.send("HeapProfiler.collectGarbage")
    const before = await this.#threadTime()
    const begun = performance.now()
    await work()
    const wall = performance.now() - begun
    await settled()
    return { cpu: (await this.#threadTime()) - before, wall }
  }

  /** Returns the bytes in use after garbage collection: of JavaScript alone, and together with the DOM. */
  async heap(): Promise<{ readonly js: number; readonly all: number }> {
    // Finalizers run in tasks of their own; what they release is freed by the next collection.
    await this.#session.send("HeapProfiler.collectGarbage")
    await pause(50)
    await this.#session.send("HeapProfiler.collectGarbage")
    const { embedderHeapUsedSize, usedSize } = await this.#session.send("Runtime.getHeapUsage")
    return { js: usedSize, all: usedSize + embedderHeapUsedSize }
  }
}
