/** Collects the frames of one burst, and applies them together when the browser has delivered all that it has. */
import { guard } from "../core/guard.ts"

/** Returns the steps that apply frames, in order. `isLeaving` is `true` if the element has left, or is about to. */
export type Steps = (frames: ReadonlyArray<unknown>, isLeaving: boolean) => Iterable<() => void>

export class FrameBatch {
  readonly #steps: Steps
  readonly #waiting: Array<unknown> = []
  #isApplying = false

  /** If a step throws, that is reported as an unhandled rejection, and the next steps follow. */
  constructor(steps: Steps) {
    this.#steps = steps
  }

  add(data: unknown): void {
    if (this.#waiting.push(data) > 1 || this.#isApplying) return
    postTask(() => this.#apply(false))
  }

  /**
   * Applies the burst now, before anything else happens to its connection. Called while a frame of it is applied, drops
   * the frames behind that one: without batching they would not have been received.
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

/** Calls `task` in a later task, after those that are due. Browsers throttle timers in hidden tabs, but not messages. */
const postTask = (task: () => void): void => {
  // jsdom has no MessageChannel.
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
