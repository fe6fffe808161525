/** Whether a buffer is full: only after those who empty it have had a turn to do so. */
import * as Effect from "effect/Effect"

/** Twice, since the timer of a consumer may have been set after this one. */
const aTurn = Effect.andThen(Effect.yieldNow, Effect.yieldNow)

/** Calls `act` when every fiber that waits to run has had a turn. */
export const afterTurn = (act: () => void): void =>
  void Effect.runFork(Effect.andThen(aTurn, Effect.sync(act)))

/** Observes the size of one buffer. */
export class Fullness {
  readonly #capacity: number
  #state: "has room" | "full" | "full for a turn" = "has room"

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Whether the buffer has no room for one more. */
  get isFull(): boolean {
    return this.#state === "full for a turn"
  }

  /** Called with the size of the buffer, before and after adding. */
  note(size: number): void {
    if (size < this.#capacity) this.#state = "has room"
    else if (this.#state === "has room") {
      this.#state = "full"
      afterTurn(() => {
        if (this.#state === "full") this.#state = "full for a turn"
      })
    }
  }
}
