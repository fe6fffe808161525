/**
 * The messages that wait to be sent: a bounded `Queue`, first in, first out, in which every loss is told.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

/** Why a message will not be sent: no room, too old, or the connection is over. */
export type DropReason = "overflow" | "expired" | "closed"

export interface Options<A> {
  /** How many messages may wait. */
  readonly capacity: number
  /** Who loses when there is no room: the newcomer, or the one that has waited longest. */
  readonly overflow: "reject" | "drop-oldest"
  /** How long, in milliseconds, a message may wait; for ever where it is absent. */
  readonly ttl: number | undefined
  /** Called in the same turn with each message that is lost. */
  readonly onDrop: (message: A, reason: DropReason) => void
}

/** Sends a message, which may have waited. Answers whether it is dealt with; if not, it goes on waiting. */
export type Transmit<A> = (message: A, waited: boolean) => boolean

interface Entry<A> {
  readonly message: A
  readonly acceptedAt: number
}

export class Outbox<A> {
  readonly #queue: Queue.Queue<Entry<A>>
  readonly #options: Options<A>
  readonly #clock: Clock.Clock
  /** Whether a message is with `transmit`: taken out, and before all that wait. */
  #transmitting = false

  /** An outbox for the life of the scope. Closing the scope drops what still waits, and all that comes later. */
  static make<A>(options: Options<A>): Effect.Effect<Outbox<A>, never, Scope.Scope> {
    return Effect.gen(function* () {
      const queue = yield* Queue.make<Entry<A>>()
      const outbox = new Outbox(queue, options, yield* Clock.Clock)
      yield* Effect.addFinalizer(() => Effect.sync(() => outbox.closeUnsafe()))
      if (options.ttl !== undefined) yield* Effect.forkScoped(outbox.#expire(options.ttl))
      return outbox
    })
  }

  private constructor(queue: Queue.Queue<Entry<A>>, options: Options<A>, clock: Clock.Clock) {
    this.#queue = queue
    this.#options = options
    this.#clock = clock
  }

  get size(): number {
    return Queue.sizeUnsafe(this.#queue)
  }

  /** What waits, oldest first. */
  toArray(): Array<A> {
    return MutableList.toArray<Entry<A>>(this.#queue.messages).map((entry) => entry.message)
  }

  /**
   * Accepts a message: passes it to `transmit` at once where that is given and nothing is before it, lets it
   * wait otherwise, or drops by the overflow policy.
   */
  sendUnsafe(message: A, transmit?: Transmit<A>): void {
    const entry = { message, acceptedAt: this.#clock.currentTimeMillisUnsafe() }
    if (transmit !== undefined && !this.#transmitting && this.size === 0) {
      this.#drain(transmit, entry, false)
      return
    }
    if (this.size < this.#options.capacity) this.#append(entry)
    else if (this.#options.overflow === "reject" || this.size === 0) this.#options.onDrop(message, "overflow")
    else {
      const oldest = this.#take()
      this.#append(entry)
      if (oldest !== undefined) this.#options.onDrop(oldest.message, "overflow")
    }
    if (transmit !== undefined) this.drainUnsafe(transmit)
  }

  /**
   * Passes what waits, oldest first, to `transmit`, until that answers that a message could not be dealt with:
   * that one goes on waiting, in front. What is accepted during a call has its turn in the same call.
   */
  drainUnsafe(transmit: Transmit<A>): void {
    if (!this.#transmitting) this.#drain(transmit, this.#take(), true)
  }

  /** Lets exactly these messages wait. What is no longer among them was taken out on purpose, and is not told. */
  replaceUnsafe(messages: ReadonlyArray<A>): void {
    const waiting = new Map(
      MutableList.toArray<Entry<A>>(this.#queue.messages).map((entry) => [entry.message, entry]),
    )
    MutableList.clear(this.#queue.messages)
    const now = this.#clock.currentTimeMillisUnsafe()
    for (const message of messages) this.#append(waiting.get(message) ?? { message, acceptedAt: now })
  }

  #drain(transmit: Transmit<A>, first: Entry<A> | undefined, waited: boolean): void {
    this.#transmitting = true
    try {
      for (let entry = first; entry !== undefined; entry = this.#take()) {
        if (transmit(entry.message, waited || entry !== first)) continue
        if (this.#queue.state._tag === "Open") MutableList.prepend(this.#queue.messages, entry)
        else this.#options.onDrop(entry.message, "closed")
        break
      }
    } finally {
      this.#transmitting = false
    }
  }

  #take(): Entry<A> | undefined {
    const exit = Queue.takeUnsafe(this.#queue)
    return exit?._tag === "Success" ? exit.value : undefined
  }

  #append(entry: Entry<A>): void {
    if (!Queue.offerUnsafe(this.#queue, entry)) this.#options.onDrop(entry.message, "closed")
  }

  /** Drops what still waits, and from now on all that comes. */
  closeUnsafe(): void {
    const waiting = this.toArray()
    Queue.shutdownUnsafe(this.#queue)
    for (const message of waiting) this.#options.onDrop(message, "closed")
  }

  /** Drops what has waited too long, when its time has come: the oldest first, since all may wait equally long. */
  #expire(ttl: number): Effect.Effect<never> {
    return Effect.forever(
      Effect.flatMap(Queue.peek(this.#queue), (oldest) => {
        const left = oldest.acceptedAt + ttl - this.#clock.currentTimeMillisUnsafe()
        if (left > 0) return Effect.sleep(left)
        return Effect.sync(() => {
          this.#take()
          this.#options.onDrop(oldest.message, "expired")
        })
      }),
    )
  }
}
