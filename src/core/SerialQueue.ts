/** Runs work one after the other, in the same turn if nothing is before it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { guard } from "./guard.ts"

type Work = () => Effect.Effect<unknown>

export class SerialQueue {
  readonly #waiting: Array<Work> = []
  #worker: Fiber.Fiber<unknown> | undefined
  #isBusy = false

  /** How many pieces of work wait behind the one that runs. */
  get length(): number {
    return this.#waiting.length
  }

  /**
   * Calls `work` as soon as the work before it has finished, and runs the effect that it returns. `onError` is called
   * with the error of that effect. What `work` throws is reported, and stops no other work.
   *
   * An effect that is an `Exit` already, as of `Effect.fnUntracedEager`, takes no fiber.
   */
  add<E>(work: () => Effect.Effect<unknown, E>, onError: (error: E) => unknown): void {
    const guarded = (): Effect.Effect<unknown> => {
      const rest = work()
      // Most work has succeeded by now.
      return Exit.isExit(rest) && Exit.isSuccess(rest)
        ? Exit.void
        : Effect.catchEager(rest, (error) => Effect.sync(() => onError(error)))
    }
    if (this.#isBusy) this.#waiting.push(guarded)
    else this.#do(guarded)
  }

  /** Interrupts the work that runs, and discards the work that waits. */
  end(): void {
    this.#waiting.length = 0
    this.#worker?.interruptUnsafe()
  }

  /** Runs this work, and then the work that waits. */
  #do(first: Work | undefined): void {
    this.#isBusy = true
    for (let work = first; work !== undefined; work = this.#waiting.shift()) {
      const rest = guard(work, Exit.void)
      if (Exit.isExit(rest)) continue
      this.#worker = Effect.runFork(rest)
      if (this.#worker.pollUnsafe() !== undefined) continue
      this.#worker.addObserver(() => this.#do(this.#waiting.shift()))
      return
    }
    this.#isBusy = false
  }
}
