/** Work that is done one after the other, and in the same turn where nothing is before it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"

export class Line {
  readonly #waiting: Array<() => Effect.Effect<unknown>> = []
  #worker: Fiber.Fiber<unknown> | undefined
  #isBusy = false

  /** How much waits behind what is being done. */
  get length(): number {
    return this.#waiting.length
  }

  /**
   * `work` is called when its turn has come, and answers what is left to be done. Where that is an `Exit` already, as
   * of `Effect.fnUntracedEager`, it takes no fiber. What it throws is reported as a rejection that nobody has handled,
   * and holds up nothing.
   */
  add<E>(work: () => Effect.Effect<unknown, E>, onError: (error: E) => unknown): void {
    this.#waiting.push(() => Effect.catchEager(work(), (error) => Effect.sync(() => onError(error))))
    if (!this.#isBusy) this.#next()
  }

  /** Ends what is being done, and does nothing of what waits. */
  end(): void {
    this.#waiting.length = 0
    this.#worker?.interruptUnsafe()
  }

  #next(): void {
    this.#isBusy = true
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      const rest = begin(work)
      if (Exit.isExit(rest)) continue
      this.#worker = Effect.runFork(rest)
      if (this.#worker.pollUnsafe() !== undefined) continue
      this.#worker.addObserver(() => this.#next())
      return
    }
    this.#isBusy = false
  }
}

const begin = (work: () => Effect.Effect<unknown>): Effect.Effect<unknown> => {
  try {
    return work()
  } catch (defect) {
    void Promise.reject(defect)
    return Exit.void
  }
}
