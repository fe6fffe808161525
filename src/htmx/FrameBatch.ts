/** The frames of one burst: they wait until the browser has delivered all that it has, and are applied together. */
import { guard } from "../core/guard.ts"

/** Returns the steps that apply frames, in order. `isLeaving`: the element has left, or is about to. */
export type Steps = (frames: ReadonlyArray<unknown>, isLeaving: boolean) => Iterable<() => void>

export class FrameBatch {
  readonly #steps: Steps
  readonly #waiting: Array<unknown> = []
  #isApplying = false

  /** What a step throws is reported as an unhandled rejection; the next steps follow. */
  constructor(steps: Steps) {
    this.#steps = steps
  }

  add(data: unknown): void {
    if (this.#waiting.push(data) > 1 || this.#isApplying) return
    soon(() => this.#apply(false))
  }

  /**
   * Ends the burst before anything else happens to its connection. If a frame of it is the reason, the frames after that
   * are dropped: without batching they would not have been received.
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
      const frames = this.#waiting.splice(0)
      guard(() => {
        for (const step of this.#steps(frames, isLeaving)) {
          if (!this.#isApplying) break
          guard(step)
        }
      })
    }
    this.#isApplying = false
  }
}

/** Calls `task` in a task of its own, after those that are due already. Unlike timers, messages come on time in hidden tabs. */
const soon = (task: () => void): void => {
  // jsdom has none.
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
