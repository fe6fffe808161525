/** When to dial again: policies as `Schedule`s, and the close codes after which they apply. */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as CloseCode from "./CloseCode.ts"
import { inWords } from "./inWords.ts"
import type { SocketClosed } from "./Socket.ts"

/** The delay of each retry since the backoff last started over. When the schedule ends, there is no further retry. */
export type Policy = Schedule.Schedule<unknown, SocketClosed, DelayError>

/** A policy or its function threw, or returned no delay. */
export class DelayError extends Data.TaggedError("DelayError")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** The close codes that are retried by default: those of temporary failures. */
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
 * Makes a policy from a function of the number of retries so far and the end of the last attempt, which returns the
 * delay in milliseconds. Fails with `DelayError` if it throws or returns anything else.
 *
 * **Example**
 *
 * ```ts
 * import { Reconnect } from "htmx-ext-effect-ws"
 *
 * export const polite = Reconnect.fromFunction((retryCount, { code }) => (code === 1013 ? 30_000 : 1000 * retryCount))
 * ```
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

/** @internal Makes a policy that is evaluated when the backoff starts over. */
export const suspend = (policy: () => Policy): Policy =>
  Schedule.fromStep(Effect.suspend(() => Schedule.toStep(policy())))
