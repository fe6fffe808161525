/** Work that is done one after the other, and in the same turn where nothing is before it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { guard } from "./guard.ts"

type Work = () => Effect.Effect<unknown>

export class SerialQueue {
  readonly #waiting: Array<Work> = []
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
    const guarded = (): Effect.Effect<unknown> => {
      const rest = work()
      // Most has succeeded by now.
      return Exit.isExit(rest) && Exit.isSuccess(rest)
        ? Exit.void
        : Effect.catchEager(rest, (error) => Effect.sync(() => onError(error)))
    }
    if (this.#isBusy) this.#waiting.push(guarded)
    else this.#do(guarded)
  }

  /** Ends what is being done, and does nothing of what waits. */
  end(): void {
    this.#waiting.length = 0
    this.#worker?.interruptUnsafe()
  }

  /** Does this, and then what waits. */
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
