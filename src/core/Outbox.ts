/**
 * Messages that wait to be sent, over Effect's `Queue`: first in, first out, bounded in number and age.
 *
 * An outbox sends nothing. `Sender` takes messages out, and puts back those that could not be written.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as MutableList from "effect/MutableList"
import * as Queue from "effect/Queue"
import { elapsed } from "./elapsed.ts"

export type { Outbox }

/** Why a message was dropped: no room, too old, refused twice (`beforeSend` or the socket threw), or the connection has ended. */
export type DropReason = "overflow" | "expired" | "refused" | "closed"

export interface Options {
  /** How many messages may wait. Read whenever one is queued. */
  readonly queueCapacity: number
  /** Which message is dropped if there is no room: the new one, or the oldest. Read like the capacity. */
  readonly queueOverflow: "reject" | "drop-oldest"
  /** How long a message may wait, in milliseconds; without limit if absent. Read once. */
  readonly queueTtl: number | undefined
}

/** A message that has been accepted. */
export interface Entry<A> {
  readonly message: A
  /** When it was accepted, by `elapsed`; 0 without a `queueTtl`. */
  readonly acceptedAt: number
  /** Whether sending it has failed once: `beforeSend` or the socket threw. */
  refused: boolean
}

/** Called with each message that is dropped, in the same turn. */
type OnDrop<A> = (message: A, reason: DropReason) => void

/** Makes an outbox. It has no scope of its own: `close` ends it. */
export const make = <A>(options: Options, onDrop: OnDrop<A>): Effect.Effect<Outbox<A>> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.map(Queue.make<Entry<A>>(), (queue) => new Outbox(queue, options, onDrop, context)),
  )

class Outbox<A> {
  readonly #queue: Queue.Queue<Entry<A>>
  readonly #options: Options
  readonly #ttl: number | undefined
  readonly #onDrop: OnDrop<A>
  readonly #context: Context.Context<never>
  readonly #clock: Clock.Clock
  /** Calls of `onDrop` that are still to be made. */
  readonly #drops = MutableList.make<() => void>()
  /** Drops messages that expire. It ends when it wakes and nothing waits. */
  #expiry: Fiber.Fiber<void> | undefined

  constructor(
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

  /** How many messages wait. */
  get size(): number {
    return Queue.sizeUnsafe(this.#queue)
  }

  /** Returns a copy of the messages that wait, first in, first out. */
  toArray(): Array<A> {
    return this.#entries().map((entry) => entry.message)
  }

  /** Adds a message behind the others, or drops one by the overflow policy. */
  push(message: A): void {
    const { queueCapacity, queueOverflow } = this.#options
    const entry = this.#accept(message)
    if (queueOverflow === "reject" && this.size > 0 && this.size >= queueCapacity)
      this.drop([entry], "overflow")
    else {
      this.#append(entry)
      this.trim()
    }
  }

  /** Adds a message behind the others, even if there is no room yet. Call `trim` when sending has made room. */
  append(message: A): void {
    this.#append(this.#accept(message))
  }

  /** Removes and returns the message in front. */
  take(): Entry<A> | undefined {
    const exit = Queue.takeUnsafe(this.#queue)
    return exit?._tag === "Success" ? exit.value : undefined
  }

  /** Returns a taken message to the front of the queue. */
  putBack(entry: Entry<A>): void {
    MutableList.prepend(this.#queue.messages, entry)
  }

  /** Drops the messages for which there is no room, and starts the expiry of the others. */
  trim(): void {
    const dropped: Array<Entry<A>> = []
    // Reading the capacity takes time: skip it if nothing waits.
    while (this.size > 0 && this.size > this.#options.queueCapacity)
      if (this.#options.queueOverflow === "reject") dropped.unshift(this.#takeLast())
      else dropped.push(this.take() as Entry<A>)
    this.drop(dropped, "overflow")
    this.#watch()
  }

  /** Replaces the messages that wait, whether there is room or not. Removed ones are not reported as dropped. */
  replace(messages: ReadonlyArray<A>): void {
    const waiting = new Map(this.#entries().map((entry) => [entry.message, entry]))
    this.#keep(messages.map((message) => waiting.get(message) ?? this.#accept(message)))
    this.#watch()
  }

  /** Reports messages as dropped. They must not be in the outbox any more. */
  drop(entries: Iterable<Entry<A>>, reason: DropReason): void {
    for (const { message } of entries) MutableList.append(this.#drops, () => this.#onDrop(message, reason))
    // A listener may cause further drops, or close the outbox: the earlier ones are reported first.
    while (this.#drops.length > 0) (MutableList.take(this.#drops) as () => void)()
  }

  /** Drops the messages that wait, and from now on every new one. */
  close(): void {
    const waiting = this.#entries()
    this.#expiry?.interruptUnsafe()
    Queue.shutdownUnsafe(this.#queue)
    this.drop(waiting, "closed")
  }

  #accept(message: A): Entry<A> {
    // Without a `queueTtl` the age is never read.
    return { message, acceptedAt: this.#ttl === undefined ? 0 : elapsed(this.#clock), refused: false }
  }

  #append(entry: Entry<A>): void {
    if (!Queue.offerUnsafe(this.#queue, entry)) this.drop([entry], "closed")
  }

  /** Removes and returns the last message. One that was put back may be in a bucket of its own. */
  #takeLast(): Entry<A> {
    const { messages } = this.#queue
    if (messages.tail?.array.length === messages.tail?.offset) this.#keep(this.#entries())
    messages.length--
    return messages.tail?.array.pop() as Entry<A>
  }

  #entries(): Array<Entry<A>> {
    return MutableList.toArray<Entry<A>>(this.#queue.messages)
  }

  #keep(entries: ReadonlyArray<Entry<A>>): void {
    MutableList.clear(this.#queue.messages)
    for (const entry of entries) this.#append(entry)
  }

  #watch(): void {
    const ttl = this.#ttl
    if (ttl === undefined || this.size === 0 || (this.#expiry && !this.#expiry.pollUnsafe())) return
    this.#expiry = Effect.runForkWith(this.#context)(Effect.gen(() => this.#expire(ttl)))
  }

  /** Drops messages when they have waited for `ttl`. They need not be in order: a page may have moved them. */
  *#expire(ttl: number) {
    for (let due = -Infinity; this.size > 0; ) {
      due = Math.max(due, elapsed(this.#clock) - ttl)
      const waiting = this.#entries()
      const expired = waiting.filter(({ acceptedAt }) => acceptedAt <= due)
      if (expired.length > 0) {
        this.#keep(waiting.filter(({ acceptedAt }) => acceptedAt > due))
        this.drop(expired, "expired")
      } else {
        const oldest = waiting.reduce((time, { acceptedAt }) => Math.min(time, acceptedAt), Infinity)
        // Rarely enough that the cost per message does not grow with their number.
        yield* Effect.sleep(Math.max(oldest - due, ttl / 100))
        // The timer counts, even if a fake clock drives it and not `elapsed`.
        due = oldest
      }
    }
  }
}
