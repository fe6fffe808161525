/** The frames of one burst, which wait until the browser has handed out all that it had, and are applied together. */
import { guard } from "../core/guard.ts"

/** What is done with frames, one step after the other. `isLeaving` tells that the element has left, or is about to. */
export type Steps = (frames: ReadonlyArray<unknown>, isLeaving: boolean) => Iterable<() => void>

export class FrameBatch {
  readonly #steps: Steps
  readonly #waiting: Array<unknown> = []
  #isApplying = false

  /** What a step throws is reported, and stops nothing. */
  constructor(steps: Steps) {
    this.#steps = steps
  }

  add(data: unknown): void {
    if (this.#waiting.push(data) > 1 || this.#isApplying) return
    soon(() => this.#apply(false))
  }

  /**
   * Ends the burst before anything else happens to its connection. Where it is a frame that has brought this about,
   * those after it are dropped: without batching they would not have been received.
   */
  end(isLeaving = false): void {
    if (this.#isApplying) {
      this.#isApplying = false
      this.#waiting.length = 0
    } else this.#apply(isLeaving)
  }

  #apply(isLeaving: boolean): void {
    this.#isApplying = true
    while (this.#isApplying && this.#waiting.length > 0) {
      for (const step of this.#steps(this.#waiting.splice(0), isLeaving)) {
        if (!this.#isApplying) break
        guard(step)
      }
    }
    this.#isApplying = false
  }
}

/** A message is a task like that of a frame, and comes after those that are due already, in hidden tabs as well. */
const soon = (task: () => void): void => {
  // People test in jsdom, which has none.
  if (typeof MessageChannel === "undefined") {
    setTimeout(task)
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    task()
  }
  port2.postMessage(undefined)
}
