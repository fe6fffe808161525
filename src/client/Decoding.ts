/** Decodes frames one after the other, since a schema may need time. */
import * as Effect from "effect/Effect"
import { SerialQueue } from "../core/SerialQueue.ts"
import { DecodeError } from "./Errors.ts"
import { Patience } from "./Patience.ts"

export class Decoding<In> {
  readonly #queue = new SerialQueue()
  readonly #size: number
  readonly #patience: Patience
  readonly #deliver: (message: In) => void
  readonly #reject: (error: DecodeError) => void

  /** So many frames may wait. */
  constructor(size: number, deliver: (message: In) => void, reject: (error: DecodeError) => void) {
    this.#size = size
    this.#patience = new Patience(size)
    this.#deliver = deliver
    this.#reject = reject
  }

  /** Called when a frame has arrived, with what decodes it. Returns whether there was room for it. */
  add(frame: unknown, decoded: Effect.Effect<In, DecodeError>): boolean {
    this.#patience.note(this.#queue.length)
    if (this.#patience.isOver) {
      const message = `a frame was dropped: ${this.#size} others wait to be decoded (bufferSize)`
      this.#reject(new DecodeError({ message, frame, cause: undefined }))
      return false
    }
    this.#queue.add(() => Effect.map(decoded, this.#deliver), this.#reject)
    this.#patience.note(this.#queue.length)
    return true
  }

  /** Calls `work` when all frames that have arrived are decoded. */
  after(work: () => void): void {
    this.#queue.add(
      () => Effect.sync(work),
      () => {},
    )
  }

  /** Drops what waits. */
  end(): void {
    this.#queue.end()
  }
}
