/** Requests: messages that were written and wait for their answer. */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ConnectionLost, SendError } from "./Errors.ts"
import type { Envelope } from "./Transport.ts"

export interface Request<In, Veto> extends Envelope<Veto> {
  readonly isAnsweredBy: (message: In) => boolean
  /** Whether to send it again if its socket ends. */
  readonly retry: boolean
  readonly settle: (outcome: Effect.Effect<In, SendError | Veto | ConnectionLost>) => void
}

export class Requests<In, Veto> {
  /** In the order of writing, each with the epoch of its socket. */
  readonly #unanswered = new Map<Request<In, Veto>, number>()

  add(request: Request<In, Veto>, epoch: number): void {
    this.#unanswered.set(request, epoch)
  }

  /** Returns whether it was there. */
  delete(request: Request<In, Veto>): boolean {
    return this.#unanswered.delete(request)
  }

  /** Settles the oldest request that a message answers. A `match` that throws is a defect of its request alone. */
  answer(message: In): void {
    for (const request of this.#unanswered.keys()) {
      const outcome = answerOf(request, message)
      if (outcome === undefined) continue
      this.#unanswered.delete(request)
      request.settle(outcome)
      if (Exit.isSuccess(outcome)) return
    }
  }

  /** Removes and returns the requests of an epoch, or all. */
  take(epoch?: number): ReadonlyArray<Request<In, Veto>> {
    const taken = [...this.#unanswered.keys()].filter(
      (request) => epoch === undefined || this.#unanswered.get(request) === epoch,
    )
    for (const request of taken) this.#unanswered.delete(request)
    return taken
  }
}

const answerOf = <In, Veto>(request: Request<In, Veto>, message: In): Exit.Exit<In> | undefined => {
  try {
    return request.isAnsweredBy(message) ? Exit.succeed(message) : undefined
  } catch (defect) {
    return Exit.die(defect)
  }
}
