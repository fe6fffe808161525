/** A queue of work that runs one piece at a time: in the same turn if none is before it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as MutableList from "effect/MutableList"
import { guard } from "./guard.ts"

type Work = () => Effect.Effect<unknown>

export class SerialQueue {
  readonly #waiting = MutableList.make<Work>()
  #worker: Fiber.Fiber<unknown> | undefined
  #isBusy = false

  /** How many pieces of work wait behind the one that runs. */
  get length(): number {
    return this.#waiting.length
  }

  /**
   * Calls `work` as soon as the work before it has finished, and runs the effect that it returns. Calls `onError` if that
   * fails. What `work` throws is reported, and later work still runs.
   *
   * An effect that is already an `Exit`, such as one of `Effect.flatMapEager`, starts no fiber.
   */
  add<E>(work: () => Effect.Effect<unknown, E>, onError: (error: E) => unknown): void {
    const guarded = (): Effect.Effect<unknown> => {
      const rest = work()
      // Most work succeeds in its turn.
      return Exit.isExit(rest) && Exit.isSuccess(rest)
        ? Exit.void
        : Effect.catchEager(rest, (error) => Effect.sync(() => onError(error)))
    }
    if (this.#isBusy) MutableList.append(this.#waiting, guarded)
    else this.#runFrom(guarded)
  }

  /** Interrupts the work that runs, and discards the work that waits. */
  end(): void {
    MutableList.clear(this.#waiting)
    this.#worker?.interruptUnsafe()
  }

  /** Runs this work, and then the work that waits. */
  #runFrom(first: Work | undefined): void {
    this.#isBusy = true
    for (let work = first; work !== undefined; work = this.#take()) {
      const rest = guard(work, Exit.void)
      if (Exit.isExit(rest)) continue
      this.#worker = Effect.runFork(rest)
      if (this.#worker.pollUnsafe() !== undefined) continue
      this.#worker.addObserver(() => this.#runFrom(this.#take()))
      return
    }
    this.#isBusy = false
  }

  #take(): Work | undefined {
    return this.length > 0 ? (MutableList.take(this.#waiting) as Work) : undefined
  }
}
