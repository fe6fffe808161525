/** What a peer is still to be sent: a bounded queue of frames, and the rooms whose entries did not fit into it. */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Place from "./Place.ts"
import type { Transport } from "./Transport.ts"

/** A room that a peer has joined. */
export interface Feed {
  /** How many characters of an id name the place in it. */
  readonly idLength: number
  /** Puts missing entries into the queue, as far as they fit. Called when the queue is empty. */
  readonly advance: Effect.Effect<void>
  readonly leave: () => void
}

interface Ending {
  readonly code: number
  readonly reason: string
}

export interface Limits {
  /** How many frames may wait for a peer that reads slowly. Later entries wait in the logs of its rooms. */
  readonly capacity: number
  /** How long frames may wait while the peer reads nothing, before the socket is closed. */
  readonly patience: Duration.Input
  readonly slow: "resync" | "close"
}

/** Pages dial again after these codes, and resume. */
const goingAway = 1001
const internalError = 1011
const tryAgainLater = 1013

export class Outgoing {
  readonly limits: Limits
  /** The place of the peer in each of its rooms when it has read the queue, as an id. */
  readonly places = new Map<string, string>()
  readonly feeds = new Set<Feed>()
  readonly #behind = new Set<Feed>()
  readonly #queue: Queue.Queue<string | Ending>
  readonly #ending = Deferred.makeUnsafe<Ending>()
  readonly #transport: Transport

  static make(transport: Transport, limits: Limits): Effect.Effect<Outgoing> {
    return Effect.map(
      Queue.bounded<string | Ending>(limits.capacity),
      (queue) => new Outgoing(queue, transport, limits),
    )
  }

  private constructor(queue: Queue.Queue<string | Ending>, transport: Transport, limits: Limits) {
    this.#queue = queue
    this.#transport = transport
    this.limits = limits
  }

  /** The id of all places. */
  get id(): string {
    return Place.join(this.places.values())
  }

  /** Puts a frame into the queue, and returns whether there was room for it. */
  offer(frame: string): boolean {
    return Queue.offerUnsafe(this.#queue, frame)
  }

  /** Puts a frame into the queue as soon as there is room for it. */
  send(frame: string): Effect.Effect<void> {
    return Effect.asVoid(Queue.offer(this.#queue, frame))
  }

  /** Calls `advance` of a feed when the frames that wait now have been sent. */
  catchUp(feed: Feed): void {
    this.#behind.add(feed)
    // Wakes the writer if the queue is empty. If it is full, the writer is running.
    Queue.offerUnsafe(this.#queue, "")
  }

  /** Closes the socket when the frames that wait have been sent. Leaves all rooms. */
  close(code: number, reason: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#leave()
      return Effect.asVoid(Queue.offer(this.#queue, { code, reason }))
    })
  }

  /** Drops the frames that wait, and closes the socket. */
  #end(code: number, reason: string): void {
    Deferred.doneUnsafe(this.#ending, Effect.succeed({ code, reason }))
    this.#leave()
  }

  endSlow(): void {
    this.#end(tryAgainLater, "too slow")
  }

  endFailed(): void {
    this.#end(internalError, "")
  }

  endGoing(): void {
    this.#end(goingAway, "")
  }

  #leave(): void {
    for (const feed of [...this.feeds]) feed.leave()
    this.#behind.clear()
  }

  /** Sends the frames of the queue until the socket is closed. */
  readonly run: Effect.Effect<void> = Effect.flatMap(
    Effect.suspend(() => Effect.raceFirst(this.#write, Deferred.await(this.#ending))),
    ({ code, reason }) => Effect.andThen(Queue.shutdown(this.#queue), this.#transport.close(code, reason)),
  )

  readonly #write: Effect.Effect<Ending> = Effect.gen({ self: this }, function* () {
    while (true) {
      const next = yield* Queue.take(this.#queue)
      if (typeof next !== "string") return next
      if (next !== "") yield* this.#transmit(next)
      if (Queue.sizeUnsafe(this.#queue) > 0) continue
      for (const feed of [...this.#behind]) {
        this.#behind.delete(feed)
        yield* feed.advance
      }
    }
  })

  #transmit(frame: string): Effect.Effect<void> {
    return Effect.flatMap(this.#transport.send(frame), () => {
      const backlog = this.#transport.backlog()
      return backlog === undefined
        ? Effect.void
        : Effect.timeoutOrElse(backlog, {
            duration: this.limits.patience,
            orElse: () => Effect.sync(() => this.endSlow()),
          })
    })
  }
}
