/** Decodes frames one after the other: a schema may take time. */
import * as Effect from "effect/Effect"
import { SerialQueue } from "../core/SerialQueue.ts"
import { DecodeError } from "./Errors.ts"
import { Fullness } from "./Fullness.ts"

export class Decoding<In> {
  readonly #queue = new SerialQueue()
  readonly #size: number
  readonly #fullness: Fullness
  readonly #deliver: (message: In) => void
  readonly #reject: (error: DecodeError) => void

  /** `size` is how many frames may wait. */
  constructor(size: number, deliver: (message: In) => void, reject: (error: DecodeError) => void) {
    this.#size = size
    this.#fullness = new Fullness(size)
    this.#deliver = deliver
    this.#reject = reject
  }

  /** Called when a frame has arrived, with the effect that decodes it. Returns whether there was room for it. */
  add(frame: unknown, decoded: Effect.Effect<In, DecodeError>): boolean {
    this.#fullness.note(this.#queue.length)
    if (this.#fullness.isFull) {
      const message = `a frame was dropped: ${this.#size} others wait to be decoded (bufferSize)`
      this.#reject(new DecodeError({ message, frame, cause: undefined }))
      return false
    }
    this.#queue.add(() => Effect.map(decoded, this.#deliver), this.#reject)
    this.#fullness.note(this.#queue.length)
    return true
  }

  /** Calls `work` when all frames that have arrived are decoded. */
  after(work: () => void): void {
    this.#queue.add(
      () => Effect.sync(work),
      () => {},
    )
  }

  /** Drops the frames that wait. */
  end(): void {
    this.#queue.end()
  }
}
