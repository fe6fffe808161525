/** How far a connection has got in its reconnect policy. A `Schedule` can only be stepped forward from its beginning. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import { inWords } from "./inWords.ts"
import * as Reconnect from "./Reconnect.ts"
import type { SocketClosed } from "./Socket.ts"

export interface Options {
  readonly reconnectPolicy: Reconnect.Policy
  /** How many counted retries are allowed. */
  readonly reconnectMaxAttempts: number
}

/** A position in a policy, and the number of retries that have counted. */
export interface Backoff {
  /** Succeeds with the next delay in milliseconds, or with `undefined` if no retry is left. */
  readonly next: (closed: SocketClosed) => Effect.Effect<number | undefined, Reconnect.DelayError>
  /** Starts over: the next delay is the first of the policy, or the one that follows `retries` retries. */
  readonly restart: (retries?: number) => void
  /** Returns how many retries have counted since the backoff last started over. */
  readonly retries: () => number
}

/** The most steps that `restart` skips: after so many, delays no longer grow. */
const MAX_SKIPPED = 64

/**
 * Makes a backoff that reads its options before each retry. A retry for which `counts` returns `false` does not count
 * towards `reconnectMaxAttempts`: without a network, a failure says nothing about the server.
 */
export const make = (options: Options, counts: () => boolean): Backoff => {
  let used: Reconnect.Policy | undefined
  let step: (
    now: number,
    closed: SocketClosed,
  ) => Pull.Pull<[unknown, Duration.Duration], Reconnect.DelayError, unknown>
  /** How many steps of the policy have been taken. */
  let taken = 0
  /** The index of the step whose delay comes next. */
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
          Effect.fail(
            new Reconnect.DelayError({ message: `the reconnect policy threw ${inWords(cause)}`, cause }),
          ),
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
