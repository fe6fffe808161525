/** Passes the messages of elements on htmx 4 to the outbox, in order, when their listeners and values are ready. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SerialQueue } from "../../core/SerialQueue.ts"
import { run } from "../Runtime.ts"
import type { Answer, Carrier } from "./Carrier.ts"
import type { Queued } from "./WsConnection.ts"

export class Sending {
  readonly #carrier: Carrier
  readonly #queue = new SerialQueue()
  /** The messages that were triggered and are not accepted yet. */
  readonly #unready = new Map<Queued, Answer>()

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }

  /**
   * Accepts a message when it is ready: in the same turn if neither it nor one before it has to wait. One that takes
   * longer than `waitTimeout` lets others go first.
   */
  add(queued: Queued, ready: () => Effect.Effect<boolean, unknown>, accepted: Answer): void {
    const isUnready = (): boolean => this.#unready.delete(queued)
    const answer: Answer = (isAccepted) => {
      if (!isAccepted) queued.settle?.("vetoed")
      accepted(isAccepted)
    }
    const fail = (error: unknown): void => {
      if (!isUnready()) return
      this.#carrier.fail(queued.element, error)
      answer(false)
    }
    this.#unready.set(queued, accepted)
    this.enqueue(() => {
      const sending = Effect.flatMapEager(ready(), (isWanted) => {
        if (isUnready()) {
          if (isWanted) this.#carrier.connection.enqueue(queued)
          answer(isWanted)
        }
        return Effect.void
      })
      return Exit.isExit(sending) && Exit.isSuccess(sending)
        ? sending
        : within(
            Effect.catch(sending, (error) => Effect.sync(() => fail(error))),
            () => this.#carrier.settings.waitTimeout,
          )
    })
  }

  /** Calls `work` when all messages before it are accepted. */
  enqueue(work: () => Effect.Effect<unknown, unknown>): void {
    this.#queue.add(work, () => {})
  }

  /** The messages that were triggered and are not accepted yet. */
  get waiting(): Iterable<Queued> {
    return this.#unready.keys()
  }

  /** Removes messages, without a call of their `settle`. */
  withdraw(messages: ReadonlySet<Queued>): void {
    for (const queued of messages) this.#unready.delete(queued)
  }

  /** Ends the queue. Its messages are not accepted. */
  end(): void {
    const answers = [...this.#unready.values()]
    this.#unready.clear()
    this.#queue.end()
    for (const answer of answers) answer(false)
  }
}

/** Succeeds when `work` has ended, or after `timeout` milliseconds, while `work` goes on. */
const within = (work: Effect.Effect<unknown>, timeout: () => number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const go = (): void => resume(Effect.void)
    const fiber = run(work)
    if (fiber.pollUnsafe() !== undefined) {
      go()
      return
    }
    const late = run(Effect.delay(Effect.sync(go), timeout()))
    fiber.addObserver(() => {
      late.interruptUnsafe()
      go()
    })
    return Effect.sync(() => {
      late.interruptUnsafe()
      fiber.interruptUnsafe()
    })
  })
