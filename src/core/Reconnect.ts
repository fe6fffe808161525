/**
 * When to dial again: policies as `Schedule`s, and the close codes after which they apply. A `Schedule` is a list of
 * delays that can only be stepped through, from its beginning.
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

/** The delay of each retry since the backoff last started over. The schedule ends when there shall be no further retry. */
export type Policy = Schedule.Schedule<unknown, SocketClosed, DelayError>

/** A policy or its function threw, or returned no delay. */
export class DelayError extends Data.TaggedError("DelayError")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** Close codes that are retried by default: those of failures that pass. */
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
 * Makes an exponential backoff: the bound of the nth delay is `min(base × factorⁿ⁻¹, max)`. Durations in milliseconds.
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

/** Makes a policy of the same delay before each retry, in milliseconds. */
export const constant = (delay: number): Policy => Schedule.spaced(delay)

/**
 * Makes a policy of a function that returns the delay, in milliseconds, after so many retries and the end of the last
 * attempt. Fails with `DelayError` if it throws or returns anything else.
 */
export const fromFunction = (delay: (retryCount: number, closed: SocketClosed) => unknown): Policy =>
  Schedule.forever.pipe(
    Schedule.modifyDelay(({ input, output: retryCount }) =>
      Effect.flatMap(
        Effect.catchDefect(
          Effect.sync(() => delay(retryCount, input as SocketClosed)),
          (cause) =>
            Effect.fail(
              new DelayError({ message: `the reconnect delay function threw ${inWords(cause)}`, cause }),
            ),
        ),
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

/** Makes a policy that is looked up when the backoff starts over. */
export const suspend = (policy: () => Policy): Policy =>
  Schedule.fromStep(Effect.suspend(() => Schedule.toStep(policy())))

export interface Options {
  readonly reconnectPolicy: Policy
  /** How many retries that count there are before none is left. */
  readonly reconnectMaxAttempts: number
}

/** The progress through a policy. */
export interface Backoff {
  /** Succeeds with the next delay in milliseconds, or with `undefined` if no retry is left. */
  readonly next: (closed: SocketClosed) => Effect.Effect<number | undefined, DelayError>
  /** Starts over: the next delay is the first of the policy, or the one after so many retries. */
  readonly restart: (retries?: number) => void
  /** Returns how many retries have counted since it last started over. */
  readonly retries: () => number
}

/** `restart` skips at most this many steps: after them, delays no longer grow. */
const MAX_SKIPPED = 64

/**
 * Makes a backoff, which reads its options before each retry. A retry for which `counts` returns `false` does not count
 * towards `reconnectMaxAttempts`: without a network, it says nothing about the server.
 */
export const backoff = (options: Options, counts: () => boolean): Backoff => {
  let used: Policy | undefined
  let step: (
    now: number,
    closed: SocketClosed,
  ) => Pull.Pull<[unknown, Duration.Duration], DelayError, unknown>
  /** How many steps of the policy have been taken. */
  let taken = 0
  /** The step whose delay is wanted next. */
  let wantedStep = 0
  let retries = 0
  return {
    next: (closed) =>
      Effect.gen(function* () {
        if (retries >= options.reconnectMaxAttempts) return undefined
        // A retry whose delay fails counts as well.
        const counted = Number(counts())
        retries += counted
        const now = yield* Clock.currentTimeMillis
        const wanted = options.reconnectPolicy
        if (wanted !== used) {
          step = yield* Schedule.toStep(wanted)
          used = wanted
          taken = 0
        }
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
        } while (taken++ < wantedStep)
        wantedStep = taken
        return Duration.toMillis(delay)
      }).pipe(
        Effect.catchDefect((cause) =>
          Effect.fail(new DelayError({ message: `the reconnect policy threw ${inWords(cause)}`, cause })),
        ),
      ),
    restart: (after = 0) => {
      used = undefined
      retries = after
      wantedStep = Math.min(after, MAX_SKIPPED)
    },
    retries: () => retries,
  }
}
