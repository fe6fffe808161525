/** The requests that were written and wait for their answer. */
import * as Exit from "effect/Exit"
import { guard } from "../core/guard.ts"
import type { ConnectionLost, SendError } from "./Errors.ts"
import type { Envelope } from "./Transport.ts"

export interface Request<In, Veto> extends Envelope<Veto> {
  /** Returns whether a message is the answer; `undefined` if the answer is found by `key`. */
  readonly isAnsweredBy: ((message: In) => boolean) | undefined
  readonly key: unknown
  /** Returns the outcome for an answer. */
  readonly outcome: (answer: In) => Exit.Exit<In>
  /** Whether to send it again if its socket ends. */
  readonly retry: boolean
  readonly settle: (outcome: Exit.Exit<In, SendError | Veto | ConnectionLost>) => void
}

export class Requests<In, Veto> {
  readonly #answerTo: ((message: In) => unknown) | undefined
  /** All requests in the order of writing, each with the epoch of its socket. */
  readonly #unanswered = new Map<Request<In, Veto>, number>()
  /** The requests that find their answer by a function. */
  readonly #matching = new Set<Request<In, Veto>>()
  /** The requests that find it by a key. */
  readonly #keyed = new Map<unknown, Set<Request<In, Veto>>>()

  constructor(answerTo: ((message: In) => unknown) | undefined) {
    this.#answerTo = answerTo
  }

  add(request: Request<In, Veto>, epoch: number): void {
    this.#unanswered.set(request, epoch)
    const others = this.#keyed.get(request.key)
    if (request.isAnsweredBy !== undefined) this.#matching.add(request)
    else if (others === undefined) this.#keyed.set(request.key, new Set([request]))
    else others.add(request)
  }

  /** Removes a request. Returns whether it was there. */
  delete(request: Request<In, Veto>): boolean {
    this.#matching.delete(request)
    const same = this.#keyed.get(request.key)
    if (same?.delete(request) && same.size === 0) this.#keyed.delete(request.key)
    return this.#unanswered.delete(request)
  }

  /** Settles the oldest request that a message answers. A `match` that throws is a defect of its request alone. */
  answer(message: In): void {
    // Most messages arrive while there is no request.
    if (this.#unanswered.size === 0) return
    const key = this.#keyed.size > 0 && guard(() => this.#answerTo?.(message), undefined)
    const [byKey] = this.#keyed.get(key) ?? []
    if (byKey !== undefined) return void this.#settle(byKey, () => byKey.outcome(message))
    for (const request of this.#matching) {
      const isAnswer = (): Exit.Exit<In> | undefined =>
        request.isAnsweredBy?.(message) ? request.outcome(message) : undefined
      if (this.#settle(request, isAnswer)) return
    }
  }

  /** Removes and returns the requests of an epoch, or all. */
  take(epoch?: number): ReadonlyArray<Request<In, Veto>> {
    const taken = [...this.#unanswered.keys()].filter(
      (request) => epoch === undefined || this.#unanswered.get(request) === epoch,
    )
    for (const request of taken) this.delete(request)
    return taken
  }

  /** Settles a request with an outcome, if there is one. Returns whether the message was its answer. */
  #settle(request: Request<In, Veto>, outcomeOf: () => Exit.Exit<In> | undefined): boolean {
    let outcome: Exit.Exit<In> | undefined
    let isAnswer = true
    try {
      outcome = outcomeOf()
    } catch (defect) {
      isAnswer = false
      outcome = Exit.die(defect)
    }
    if (outcome === undefined) return false
    this.delete(request)
    request.settle(outcome)
    return isAnswer
  }
}
