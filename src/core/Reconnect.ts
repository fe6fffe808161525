/**
 * When to dial again: policies as `Schedule`s, and the close codes after which they apply.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as CloseCode from "./CloseCode.ts"
import { inWords } from "./inWords.ts"
import type { SocketClosed } from "./Socket.ts"

/** A delay for each retry since the backoff last started over; done when there shall be no more. */
export type Policy = Schedule.Schedule<unknown, SocketClosed, DelayError>

/** A delay that a function of the user's could not tell. */
export class DelayError extends Data.TaggedError("DelayError")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** Close codes that are retried unless told otherwise: those that a working server or a network gives in passing. */
export const defaultCodes: ReadonlyArray<number> = [
  CloseCode.GoingAway,
  CloseCode.NoStatusReceived,
  CloseCode.AbnormalClosure,
  CloseCode.InternalError,
  CloseCode.ServiceRestart,
  CloseCode.TryAgainLater,
  CloseCode.BadGateway,
]

/**
 * Exponential backoff: the bound of the nth delay is `min(base × factorⁿ⁻¹, max)`. Durations in milliseconds.
 * `jitter: "full"` is uniform in [0, bound); a number j is bound × (1 ± j).
 *
 * Norm: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export const exponential = (options: {
  readonly base: number
  readonly factor: number
  readonly max: number
  readonly jitter: "full" | number
}): Policy =>
  Schedule.exponential(options.base, options.factor).pipe(
    Schedule.modifyDelay(({ duration }) =>
      Effect.map(Random.next, (random) => {
        const bound = Math.min(Duration.toMillis(duration), options.max)
        return options.jitter === "full" ? bound * random : bound * (1 + options.jitter * (2 * random - 1))
      }),
    ),
  )

/** The default of htmx's extension: 1 s, doubling to 64 s, full jitter. */
export const fullJitter: Policy = exponential({ base: 1000, factor: 2, max: 64_000, jitter: "full" })

/** The same delay, in milliseconds, before each retry. */
export const constant = (delay: number): Policy => Schedule.spaced(delay)

/**
 * What a function of the number of retries so far answers, in milliseconds. Fails with `DelayError` where it
 * throws, or answers something else.
 */
export const fromFunction = (delay: (retryCount: number) => unknown): Policy =>
  Schedule.forever.pipe(
    Schedule.modifyDelay(({ output: retryCount }) =>
      Effect.flatMap(
        Effect.try({
          try: () => delay(retryCount),
          catch: (cause) =>
            new DelayError({ message: `the reconnect delay function threw ${inWords(cause)}`, cause }),
        }),
        (millis) =>
          typeof millis === "number" && millis >= 0
            ? Effect.succeed(millis)
            : Effect.fail(
                new DelayError({
                  message: `the reconnect delay function returned ${inWords(millis)} instead of milliseconds`,
                }),
              ),
      ),
    ),
  )

/** The policy that holds when the backoff starts over. */
export const suspend = (policy: () => Policy): Policy =>
  Schedule.fromStep(Effect.suspend(() => Schedule.toStep(policy())))

export interface Options {
  readonly reconnectPolicy: Policy
  /** Retries since the backoff last started over. */
  readonly reconnectMaxAttempts: number
}

/** A policy in use. */
export interface Backoff {
  /** The next delay in milliseconds; `undefined` when the policy allows no more retries. */
  readonly next: (closed: SocketClosed) => Effect.Effect<number | undefined, DelayError>
  /** Starts over: the next delay is the policy's first, or the one after that many retries. */
  readonly restart: (retries?: number) => void
  /** Retries that counted since it last started over. */
  readonly retries: () => number
}

/** Where delays no longer grow. */
const FAR = 64

/**
 * Steps through the policy in force. The options are read before each retry. A retry for which `counts` returns `false`
 * does not count towards `reconnectMaxAttempts`: one without a network says nothing about the server.
 */
export const backoff = (options: Options, counts: () => boolean): Backoff => {
  let used: Policy | undefined
  let step: (
    now: number,
    closed: SocketClosed,
  ) => Pull.Pull<[unknown, Duration.Duration], DelayError, unknown>
  /** Steps taken of the policy in use, and how many come before the next delay. */
  let taken = 0
  let before = 0
  let retries = 0
  return {
    next: (closed) =>
      Effect.gen(function* () {
        if (retries >= options.reconnectMaxAttempts) return undefined
        // One whose delay cannot be had counts as well.
        const counted = Number(counts())
        retries += counted
        const now = yield* Clock.currentTimeMillis
        const wanted = options.reconnectPolicy
        if (wanted !== used) {
          step = yield* Schedule.toStep(wanted)
          used = wanted
          taken = 0
        }
        // A schedule can only be stepped through, from its beginning.
        let delay: Duration.Duration
        do {
          const next = yield* Effect.catch(step(now, closed), (error) =>
            Cause.isDone(error) ? Effect.succeed(undefined) : Effect.fail(error),
          )
          if (next === undefined) {
            retries -= counted
            return undefined
          }
          delay = next[1]
        } while (taken++ < before)
        before = taken
        return Duration.toMillis(delay)
      }).pipe(
        Effect.catchDefect((cause) =>
          Effect.fail(new DelayError({ message: `the reconnect policy threw ${inWords(cause)}`, cause })),
        ),
      ),
    restart: (after = 0) => {
      used = undefined
      retries = after
      before = Math.min(after, FAR)
    },
    retries: () => retries,
  }
}
