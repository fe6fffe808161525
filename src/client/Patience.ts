/** When a buffer has overflown: not while those who empty it have had no turn to do so. */
import * as Effect from "effect/Effect"

/** Twice, since the timer of a consumer may have been set after ours. */
const aTurn = Effect.andThen(Effect.yieldNow, Effect.yieldNow)

/** Calls `act` when everything that waits has had a turn. */
export const afterTurn = (act: () => void): void =>
  void Effect.runFork(Effect.andThen(aTurn, Effect.sync(act)))

/** Watches one buffer. */
export class Patience {
  readonly #capacity: number
  /** Whether the buffer was full, or is still full a turn later. */
  #full: "no" | "for less than a turn" | "for a turn" = "no"

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Whether there is no room for one more. */
  get isOver(): boolean {
    return this.#full === "for a turn"
  }

  /** Notes the size of the buffer. Call it before and after adding. */
  note(size: number): void {
    if (size < this.#capacity) this.#full = "no"
    else if (this.#full === "no") {
      this.#full = "for less than a turn"
      afterTurn(() => {
        if (this.#full === "for less than a turn") this.#full = "for a turn"
      })
    }
  }
}
