/** The delays of each simulated client, stepped from the real schedule of its policy. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { abandoned } from "../../src/core/dial.ts"
import type * as Reconnect from "../../src/core/Reconnect.ts"

const closed = abandoned("the server went away")

/** Returns the first delays of one client. `Backoff` of the core gives the same, at five times the cost. */
const firstDelays = (policy: Reconnect.Policy, count: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.gen(function* () {
    const next = yield* Schedule.toStep(policy)
    const delays: Array<number> = []
    for (let now = 0; delays.length < count; ) {
      const [, delay] = yield* next(now, closed)
      const millis = Duration.toMillis(delay)
      delays.push(millis)
      now += millis
    }
    return delays
  }).pipe(Effect.orDie)

/** Whether a policy draws random numbers. Without them, all clients have the same delays. */
const draws = (policy: Reconnect.Policy): boolean => {
  let drawn = false
  const draw = () => {
    drawn = true
    return 0
  }
  const random = { nextDoubleUnsafe: draw, nextIntUnsafe: draw }
  Effect.runSync(Effect.provideService(firstDelays(policy, 2), Random.Random, random))
  return drawn
}

/**
 * Gives a client the same delays in every scenario, so that scenarios differ only in their servers.
 * Schedules are stepped on demand. If more steps are needed, they start again from the client's seed:
 * a million live schedules would fill a gigabyte.
 */
export class Delays {
  readonly #policy: Reconnect.Policy
  readonly #seed: string
  /** The number of clients with delays of their own. */
  readonly #different: number
  /** The number of delays in the table, per client. */
  readonly #known: Uint16Array
  #width = 32
  #table: Float32Array

  constructor(policy: Reconnect.Policy, clients: number, seed: string) {
    this.#policy = policy
    this.#seed = seed
    this.#different = draws(policy) ? clients : 1
    this.#known = new Uint16Array(this.#different)
    this.#table = new Float32Array(this.#different * this.#width)
  }

  /** Returns the delay in milliseconds before the client's nth retry, counted from 0. */
  of(client: number, retry: number): number {
    const row = client % this.#different
    while (retry >= this.#width) this.#widen()
    if (retry >= (this.#known[row] ?? 0)) {
      const delays = Random.withSeed(firstDelays(this.#policy, this.#width), `${this.#seed}/${row}`)
      this.#table.set(Effect.runSync(delays), row * this.#width)
      this.#known[row] = this.#width
    }
    return this.#table[row * this.#width + retry] ?? Number.NaN
  }

  #widen(): void {
    const width = this.#width * 2
    const table = new Float32Array(this.#different * width)
    for (let row = 0; row < this.#different; row++) {
      const start = row * this.#width
      table.set(this.#table.subarray(start, start + (this.#known[row] ?? 0)), row * width)
    }
    this.#table = table
    this.#width = width
  }
}
