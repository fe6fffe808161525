/** One source, any number of subscribers, each with a bounded buffer of its own. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { guard } from "../core/guard.ts"

export interface Options<A, E> {
  readonly bufferSize: number
  /**
   * What becomes of a subscriber with a full buffer: it loses what has waited longest, or what has just come, or
   * its stream fails after what it has in its buffer.
   */
  readonly overflow: "drop-oldest" | "drop-newest" | (() => E)
  /** What each subscriber gets first; where it is absent, the first one gets what came before it. */
  readonly current?: () => A
}

type Subscriber<A, E> = Queue.Queue<A, E | Cause.Done>

export class Broadcast<A, E = never> {
  readonly #options: Options<A, E>
  readonly #subscribers = new Set<Subscriber<A, E>>()
  readonly #listeners = new Set<(value: A) => void>()
  /** The last `bufferSize` values, as long as nobody has ever subscribed. */
  #backlog: Array<A> | undefined
  /** What listeners are told, one value after the other; it may grow while they are. */
  readonly #untold: Array<A> = []
  /** Why there is nothing more to come, while that is so. */
  #end: Cause.Cause<E | Cause.Done> | undefined

  constructor(options: Options<A, E>) {
    this.#options = options
    if (options.current === undefined) this.#backlog = []
  }

  /** All values from the time of subscription on. */
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
   * Calls `listener` with each value in the turn in which it comes; answers how to stop that. What a listener brings
   * about is told when all have been told what it was about.
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
    this.#untold.push(value)
    if (this.#untold.length === 1) this.#tell()
  }

  /** Ends the streams of all subscribers, after what they have in their buffers, and of those that come later. */
  end(failure?: E): void {
    const cause = Cause.fail<E | Cause.Done>(failure ?? Cause.Done())
    this.#end = cause
    for (const subscriber of this.#subscribers) Queue.failCauseUnsafe(subscriber, cause)
    this.#subscribers.clear()
  }

  /** There is more to come, for those that subscribe from now on. */
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

  /** What came before anybody listened: for one only. */
  #claim(): ReadonlyArray<A> {
    const backlog = this.#backlog ?? []
    this.#backlog = undefined
    return backlog
  }

  #tell(): void {
    for (const value of this.#untold)
      for (const listener of [...this.#listeners])
        if (this.#listeners.has(listener)) guard(() => listener(value))
    this.#untold.length = 0
  }

  #offer(subscriber: Subscriber<A, E>, value: A): void {
    const { overflow } = this.#options
    if (Queue.offerUnsafe(subscriber, value) || typeof overflow !== "function") return
    this.#subscribers.delete(subscriber)
    Queue.failCauseUnsafe(subscriber, Cause.fail(overflow()))
  }
}
