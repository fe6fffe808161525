/**
 * The messages that wait to be sent: a bounded `Queue`, first in, first out, in which every loss is told.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as MutableList from "effect/MutableList"
import * as Queue from "effect/Queue"

/** Why a message will not be sent: no room, too old, refused by two open sockets, or the connection is over. */
export type DropReason = "overflow" | "expired" | "refused" | "closed"

export interface Options {
  /** How many messages may wait. Looked up when one has to. */
  readonly queueCapacity: number
  /** Who loses when there is no room: the newcomer, or the one that has waited longest. Looked up with the capacity. */
  readonly queueOverflow: "reject" | "drop-oldest"
  /** How long, in milliseconds, a message may wait; for ever where it is absent. Looked up once. */
  readonly queueTtl: number | undefined
}

/** Called in the same turn with each message that is lost. */
type OnDrop<A> = (message: A, reason: DropReason) => void

/**
 * Sends a message, which may have waited. Answers whether it is dealt with. If not, it goes on waiting, unless it
 * was `"refused"` before: one that is not taken by one socket nor by the next would hold up the others for ever.
 * Calls `sent` as soon as the message is out, and before it tells anybody.
 */
export type Transmit<A> = (message: A, waited: boolean, sent: () => void) => boolean | "refused"

interface Entry<A> {
  readonly message: A
  readonly acceptedAt: number
  refused: boolean
}

export class Outbox<A> {
  readonly #queue: Queue.Queue<Entry<A>>
  readonly #options: Options
  readonly #ttl: number | undefined
  readonly #onDrop: OnDrop<A>
  readonly #context: Context.Context<never>
  readonly #clock: Clock.Clock
  /** The message that is with `transmit`: taken out, before all that wait, until it is clear what became of it. */
  #transmitting: Entry<A> | "done" | undefined
  /** Drops what has waited too long, and is done when it wakes and nothing waits. */
  #expiry: Fiber.Fiber<void> | undefined
  readonly #sent = (): void => {
    this.#transmitting = "done"
  }

  /** An outbox, which `close` ends: it has no scope of its own. */
  static make<A>(options: Options, onDrop: OnDrop<A>): Effect.Effect<Outbox<A>> {
    return Effect.contextWith((context: Context.Context<never>) =>
      Effect.map(Queue.make<Entry<A>>(), (queue) => new Outbox(queue, options, onDrop, context)),
    )
  }

  private constructor(
    queue: Queue.Queue<Entry<A>>,
    options: Options,
    onDrop: OnDrop<A>,
    context: Context.Context<never>,
  ) {
    this.#queue = queue
    this.#options = options
    this.#ttl = options.queueTtl
    this.#onDrop = onDrop
    this.#context = context
    this.#clock = Context.get(context, Clock.Clock)
  }

  get size(): number {
    return Queue.sizeUnsafe(this.#queue)
  }

  /** What waits, oldest first. */
  toArray(): Array<A> {
    return this.#entries().map((entry) => entry.message)
  }

  /**
   * Accepts a message: passes it to `transmit` at once where that is given and nothing is before it, lets it
   * wait otherwise, or drops by the overflow policy.
   */
  send(message: A, transmit?: Transmit<A>): void {
    const entry: Entry<A> = { message, acceptedAt: this.#now(), refused: false }
    if (transmit !== undefined && this.#transmitting === undefined && this.size === 0)
      this.#drain(transmit, entry, false)
    else {
      // It has its place before there is a question of room: sending makes room.
      this.#append(entry)
      if (transmit !== undefined) this.drain(transmit)
      else this.#trim()
    }
  }

  /**
   * Passes what waits, oldest first, to `transmit`, until that answers that a message could not be dealt with:
   * that one goes on waiting, in front. What is accepted during a call has its turn in the same call.
   */
  drain(transmit: Transmit<A>): void {
    if (this.#transmitting === undefined) this.#drain(transmit, this.#take(), true)
  }

  /** Lets exactly these messages wait. What is no longer among them was taken out on purpose, and is not told. */
  replace(messages: ReadonlyArray<A>): void {
    const waiting = new Map(this.#entries().map((entry) => [entry.message, entry]))
    const acceptedAt = this.#now()
    this.#keep(messages.map((message) => waiting.get(message) ?? { message, acceptedAt, refused: false }))
  }

  #drain(transmit: Transmit<A>, first: Entry<A> | undefined, waited: boolean): void {
    try {
      for (let entry = first; entry !== undefined; entry = this.#take()) {
        this.#transmitting = entry
        const outcome = transmit(entry.message, waited || entry !== first, this.#sent)
        if (outcome === true) {
          this.#transmitting = "done"
          continue
        }
        // Who hears that it was refused may have ended all this, and has had it dropped then.
        if (outcome === false || !entry.refused || this.#transmitting !== entry) {
          entry.refused ||= outcome === "refused"
          break
        }
        this.#transmitting = "done"
        this.#onDrop(entry.message, "refused")
      }
    } finally {
      const unsent = this.#transmitting
      this.#transmitting = undefined
      if (typeof unsent === "object") this.#untake(unsent)
      this.#trim()
    }
  }

  /** Puts back in front of the others what could not be sent. */
  #untake(entry: Entry<A>): void {
    if (this.#queue.state._tag === "Open") {
      MutableList.prepend(this.#queue.messages, entry)
      this.#watch()
    } else this.#append(entry)
  }

  /** Keeps as many as there is room for, and drops the others by the policy. */
  #trim(): void {
    // Looking up the capacity takes time, which a message that does not wait need not pay for.
    while (this.size > 0 && this.size > this.#options.queueCapacity)
      this.#drop(this.#entries().at(this.#options.queueOverflow === "reject" ? -1 : 0), "overflow")
  }

  #drop(entry: Entry<A> | undefined, reason: DropReason): void {
    if (entry === undefined) return
    this.#keep(this.#entries().filter((other) => other !== entry))
    this.#onDrop(entry.message, reason)
  }

  #keep(entries: ReadonlyArray<Entry<A>>): void {
    MutableList.clear(this.#queue.messages)
    for (const entry of entries) this.#append(entry)
  }

  #entries(): Array<Entry<A>> {
    return MutableList.toArray<Entry<A>>(this.#queue.messages)
  }

  /** Nobody asks how old a message is that may wait for ever. */
  #now(): number {
    return this.#ttl === undefined ? 0 : this.#clock.currentTimeMillisUnsafe()
  }

  #take(): Entry<A> | undefined {
    const exit = Queue.takeUnsafe(this.#queue)
    return exit?._tag === "Success" ? exit.value : undefined
  }

  #append(entry: Entry<A>): void {
    if (Queue.offerUnsafe(this.#queue, entry)) this.#watch()
    else this.#onDrop(entry.message, "closed")
  }

  /** Drops what still waits, and from now on all that comes. */
  close(): void {
    const waiting = this.#entries()
    if (typeof this.#transmitting === "object") {
      waiting.unshift(this.#transmitting)
      this.#transmitting = "done"
    }
    this.#expiry?.interruptUnsafe()
    if (Queue.shutdownUnsafe(this.#queue)) for (const { message } of waiting) this.#onDrop(message, "closed")
  }

  #watch(): void {
    const ttl = this.#ttl
    const isWatched = this.#expiry !== undefined && this.#expiry.pollUnsafe() === undefined
    if (ttl !== undefined && !isWatched)
      this.#expiry = Effect.runForkWith(this.#context)(Effect.gen(() => this.#expire(ttl)))
  }

  /** Drops what has waited too long, when its time has come. A page may have changed the order. */
  *#expire(ttl: number) {
    for (let waiting = this.#entries(); waiting.length > 0; waiting = this.#entries()) {
      const oldest = waiting.reduce((a, b) => (b.acceptedAt < a.acceptedAt ? b : a))
      const left = oldest.acceptedAt + ttl - this.#clock.currentTimeMillisUnsafe()
      if (left > 0) yield* Effect.sleep(left)
      else this.#drop(oldest, "expired")
    }
  }
}
