/** Time and scheduling without an event loop: everything that a fiber does happens inside `advance`. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"

interface Timer {
  readonly at: number
  readonly ring: () => void
}

export class Simulation {
  now = 0
  readonly #timers: Array<Timer> = []
  readonly #tasks: Array<() => void> = []
  readonly #scope = Scope.makeUnsafe()

  readonly #clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now),
    currentTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(this.now) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
    monotonicTimeNanos: Effect.sync(() => BigInt(this.now) * 1_000_000n),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const timer = { at: this.now + Duration.toMillis(duration), ring: () => resume(Effect.void) }
        const later = this.#timers.findIndex(({ at }) => at > timer.at)
        this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
        return Effect.sync(() => {
          const index = this.#timers.indexOf(timer)
          if (index >= 0) this.#timers.splice(index, 1)
        })
      }),
  }

  readonly #scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: () => false,
    makeDispatcher: () => ({
      scheduleTask: (task) => void this.#tasks.push(task),
      flush: () => this.#settle(),
    }),
  }

  /** Runs what needs no time, and gives what it succeeds with. */
  run<A>(effect: Effect.Effect<A, never, Scope.Scope>): A {
    const context = Context.make(Clock.Clock, this.#clock).pipe(
      Context.add(Scheduler.Scheduler, this.#scheduler),
      Context.add(Scope.Scope, this.#scope),
    )
    const fiber = Effect.runForkWith(context)(effect)
    this.#settle()
    const exit = fiber.pollUnsafe()
    if (exit === undefined || !Exit.isSuccess(exit)) throw new Error(`It did not succeed at once: ${exit}`)
    return exit.value
  }

  /** How many fibers sleep. */
  get sleeping(): number {
    return this.#timers.length
  }

  /** Lets so many milliseconds pass. */
  advance(millis: number): void {
    const until = this.now + millis
    this.#settle()
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.#timers.shift()
      // It may be late.
      this.now = Math.max(this.now, next.at)
      next.ring()
      this.#settle()
    }
    this.now = until
  }

  /** Closes the scope of all that was run. */
  end(): void {
    this.run(Scope.close(this.#scope, Exit.void))
  }

  #settle(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task()
  }
}
