/** One source, any number of subscribers, each with a bounded buffer of its own. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { guard } from "../core/guard.ts"

export interface Options<A, E> {
  readonly bufferSize: number
  /**
   * What happens if the buffer of a subscriber is full: it loses the oldest value or the new one, or its stream fails
   * after what is in its buffer.
   */
  readonly overflow: "drop-oldest" | "drop-newest" | (() => E)
  /** The first value of each subscriber. Without it, the first subscriber gets what was published before it. */
  readonly current?: () => A
}

type Subscriber<A, E> = Queue.Queue<A, E | Cause.Done>

export class Broadcast<A, E = never> {
  readonly #options: Options<A, E>
  readonly #subscribers = new Set<Subscriber<A, E>>()
  readonly #listeners = new Set<(value: A) => void>()
  /** The last `bufferSize` values, until somebody subscribes. */
  #backlog: Array<A> | undefined
  /** Values that are being delivered to listeners. A listener may add to them. */
  readonly #pending: Array<A> = []
  /** Why the streams have ended, until `resume`. */
  #end: Cause.Cause<E | Cause.Done> | undefined

  constructor(options: Options<A, E>) {
    this.#options = options
    if (options.current === undefined) this.#backlog = []
  }

  /** All values from the subscription on. */
  readonly stream: Stream.Stream<A, Exclude<E, Cause.Done>> = Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.suspend(() => this.#subscribe()),
        (subscriber) => Effect.sync(() => this.#subscribers.delete(subscriber)),
      ),
      (subscriber) => Stream.fromQueue(subscriber),
    ),
  )

  /**
   * Calls `listener` with each value in the turn of its publication. Returns a function that stops that. A value that is
   * published by a listener is delivered after the current one.
   */
  listen(listener: (value: A) => void): () => void {
    for (const value of this.#claim()) guard(() => listener(value))
    const listening = (value: A): void => listener(value)
    this.#listeners.add(listening)
    return () => void this.#listeners.delete(listening)
  }

  publish(value: A): void {
    if (this.#backlog !== undefined) {
      this.#backlog.push(value)
      if (this.#backlog.length > this.#options.bufferSize) this.#backlog.shift()
    }
    for (const subscriber of this.#subscribers) this.#offer(subscriber, value)
    this.#pending.push(value)
    if (this.#pending.length === 1) this.#deliver()
  }

  /** Ends the streams of all subscribers after what is in their buffers, and those of later subscribers at once. */
  end(failure?: E): void {
    const cause = Cause.fail<E | Cause.Done>(failure ?? Cause.Done())
    this.#end = cause
    for (const subscriber of this.#subscribers) Queue.failCauseUnsafe(subscriber, cause)
    this.#subscribers.clear()
  }

  /** Lets those who subscribe from now on receive values again. */
  resume(): void {
    this.#end = undefined
  }

  #subscribe(): Effect.Effect<Subscriber<A, E>> {
    const { bufferSize, current, overflow } = this.#options
    const strategy = overflow === "drop-oldest" ? "sliding" : "dropping"
    return Effect.map(Queue.make<A, E | Cause.Done>({ capacity: bufferSize, strategy }), (subscriber) => {
      Queue.offerAllUnsafe(subscriber, current === undefined ? this.#claim() : [current()])
      if (this.#end === undefined) this.#subscribers.add(subscriber)
      else Queue.failCauseUnsafe(subscriber, this.#end)
      return subscriber
    })
  }

  /** Removes and returns what was published before anybody subscribed. */
  #claim(): ReadonlyArray<A> {
    const backlog = this.#backlog ?? []
    this.#backlog = undefined
    return backlog
  }

  #deliver(): void {
    for (const value of this.#pending)
      for (const listener of [...this.#listeners])
        if (this.#listeners.has(listener)) guard(() => listener(value))
    this.#pending.length = 0
  }

  #offer(subscriber: Subscriber<A, E>, value: A): void {
    const { overflow } = this.#options
    if (Queue.offerUnsafe(subscriber, value) || typeof overflow !== "function") return
    this.#subscribers.delete(subscriber)
    Queue.failCauseUnsafe(subscriber, Cause.fail(overflow()))
  }
}
