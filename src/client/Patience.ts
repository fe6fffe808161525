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
  /** Whether the buffer is full, as far as is known. */
  #full: "no" | "was full" | "still full a turn later" = "no"

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Whether there is no room for one more. */
  get isOver(): boolean {
    return this.#full === "still full a turn later"
  }

  /** Notes the size of the buffer. Call it before and after adding. */
  note(size: number): void {
    if (size < this.#capacity) this.#full = "no"
    else if (this.#full === "no") {
      this.#full = "was full"
      afterTurn(() => {
        if (this.#full === "was full") this.#full = "still full a turn later"
      })
    }
  }
}
