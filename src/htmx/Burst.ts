/** The frames of one burst, which wait until the browser has handed out all that it had, and are applied together. */

export class Burst {
  readonly #apply: (data: unknown) => void
  readonly #waiting: Array<unknown> = []
  #isApplying = false

  /** `apply` is called with each frame, in order. What it throws is reported, and stops nothing. */
  constructor(apply: (data: unknown) => void) {
    this.#apply = apply
  }

  add(data: unknown): void {
    if (this.#waiting.push(data) > 1 || this.#isApplying) return
    // A message is a task like that of a frame, and comes after those that are due already, in hidden tabs as well.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      this.#applyAll(this.#apply)
    }
    port2.postMessage(undefined)
  }

  /**
   * Ends the burst before anything else happens to its connection. Where it is a frame that has brought this about,
   * those after it are dropped: without batching they would not have been received.
   */
  end(apply = this.#apply): void {
    if (this.#isApplying) this.#waiting.length = 0
    else this.#applyAll(apply)
  }

  #applyAll(apply: (data: unknown) => void): void {
    this.#isApplying = true
    while (this.#waiting.length > 0) {
      try {
        apply(this.#waiting.shift())
      } catch (defect) {
        void Promise.reject(defect)
      }
    }
    this.#isApplying = false
  }
}
