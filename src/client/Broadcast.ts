/** Publishes values to any number of subscribers, each with a bounded buffer of its own. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { guard } from "../core/guard.ts"
import { afterTurn, Fullness } from "./Fullness.ts"

export interface Options<A, E> {
  /** How many values may wait for a subscriber, once it has had a turn to take them. */
  readonly bufferSize: number
  /** How many values wait for the first subscriber. */
  readonly backlog?: number
  /**
   * What happens if the buffer of a subscriber is full: it loses the oldest value or the new one, or its stream fails
   * after the values in its buffer.
   */
  readonly overflow: "drop-oldest" | "drop-newest" | (() => E)
  /** The first value of each subscriber. Without it, the first subscriber gets what was published before it. */
  readonly current?: () => A
  /** Called with the number of values that were lost in a turn. */
  readonly onLost?: (count: number) => void
}

/** The values that wait for one subscriber, or for the first. */
class Buffer<A, E> {
  readonly queue: Queue.Queue<A, E | Cause.Done>
  readonly capacity: number
  readonly fullness: Fullness

  constructor(queue: Queue.Queue<A, E | Cause.Done>, capacity: number) {
    this.queue = queue
    this.capacity = capacity
    this.fullness = new Fullness(capacity)
  }

  get size(): number {
    return Queue.sizeUnsafe(this.queue)
  }

  take(): A | undefined {
    const exit = Queue.takeUnsafe(this.queue)
    return exit?._tag === "Success" ? exit.value : undefined
  }

  add(value: A): void {
    Queue.offerUnsafe(this.queue, value)
    this.fullness.note(this.size)
  }

  end(cause: Cause.Cause<E | Cause.Done>): void {
    Queue.failCauseUnsafe(this.queue, cause)
  }
}

const makeBuffer = <A, E>(bufferSize: number): Effect.Effect<Buffer<A, E>> =>
  // In a fiber of the subscriber: the fiber that makes a queue determines how its takers are woken.
  Effect.map(Queue.unbounded<A, E | Cause.Done>(), (queue) => new Buffer(queue, bufferSize))

export class Broadcast<A, E = never> {
  readonly #options: Options<A, E>
  readonly #subscribers = new Set<Buffer<A, E>>()
  readonly #listeners = new Set<(value: A) => void>()
  /** Keeps the last values for the first subscriber. */
  #backlog: Buffer<A, E> | undefined
  /** Values that are being delivered to listeners. A listener may add to them. */
  readonly #pending: Array<A> = []
  /** Why the streams have ended, until `resume`. */
  #end: Cause.Cause<E | Cause.Done> | undefined
  /** How many values were lost in this turn. */
  #lost = 0

  constructor(options: Options<A, E>) {
    this.#options = options
    const { backlog = options.bufferSize, current } = options
    if (current === undefined && backlog > 0) this.#backlog = Effect.runSync(makeBuffer(backlog))
  }

  /** Emits all values from the subscription on. */
  readonly stream: Stream.Stream<A, Exclude<E, Cause.Done>> = Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.suspend(() => this.#subscribe()),
        (subscriber) => Effect.sync(() => this.#subscribers.delete(subscriber)),
      ),
      ({ queue }) => Stream.fromQueue(queue),
    ),
  )

  /**
   * Calls `listener` with each value in the turn of its publication. Returns a function that removes it. A value that a
   * listener publishes is delivered after the current one.
   */
  listen(listener: (value: A) => void): () => void {
    for (const value of this.#claim()) guard(() => listener(value))
    const listening = (value: A): void => listener(value)
    this.#listeners.add(listening)
    return () => void this.#listeners.delete(listening)
  }

  publish(value: A): void {
    if (this.#backlog !== undefined) this.#offer(this.#backlog, value, "drop-oldest")
    for (const subscriber of this.#subscribers) this.#offer(subscriber, value, this.#options.overflow)
    this.#pending.push(value)
    if (this.#pending.length === 1) this.#deliver()
  }

  /** Ends the streams of all subscribers after the values in their buffers, and those of later subscribers at once. */
  end(failure?: E): void {
    const cause = Cause.fail<E | Cause.Done>(failure ?? Cause.Done())
    this.#end = cause
    for (const subscriber of this.#subscribers) subscriber.end(cause)
    this.#subscribers.clear()
  }

  /** Lets subscribers that come from now on receive values again. */
  resume(): void {
    this.#end = undefined
  }

  #subscribe(): Effect.Effect<Buffer<A, E>> {
    const { bufferSize, current } = this.#options
    return Effect.map(makeBuffer<A, E>(bufferSize), (subscriber) => {
      for (const value of current === undefined ? this.#claim() : [current()]) subscriber.add(value)
      if (this.#end === undefined) this.#subscribers.add(subscriber)
      else subscriber.end(this.#end)
      return subscriber
    })
  }

  /** Removes and yields the values that were published before anybody subscribed. */
  *#claim(): Generator<A> {
    const backlog = this.#backlog
    this.#backlog = undefined
    while (backlog !== undefined && backlog.size > 0) yield backlog.take() as A
  }

  #deliver(): void {
    for (const value of this.#pending)
      for (const listener of [...this.#listeners])
        if (this.#listeners.has(listener)) guard(() => listener(value))
    this.#pending.length = 0
  }

  #offer(subscriber: Buffer<A, E>, value: A, overflow: Options<A, E>["overflow"]): void {
    subscriber.fullness.note(subscriber.size)
    if (!subscriber.fullness.isFull) subscriber.add(value)
    else if (typeof overflow === "function") {
      this.#subscribers.delete(subscriber)
      subscriber.end(Cause.fail(overflow()))
    } else if (overflow === "drop-newest") this.#lose(1)
    else {
      const before = subscriber.size
      while (subscriber.size >= subscriber.capacity) subscriber.take()
      this.#lose(before - subscriber.size)
      subscriber.add(value)
    }
  }

  #lose(count: number): void {
    if (this.#lost === 0)
      afterTurn(() => {
        const lost = this.#lost
        this.#lost = 0
        this.#options.onLost?.(lost)
      })
    this.#lost += count
  }
}
