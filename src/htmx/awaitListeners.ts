import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"
import { run } from "./Runtime.ts"

/**
 * Waits for what listeners have asked to be waited for; goes on in the same turn where that is nothing. `fail`
 * makes the error, of what has happened and of its cause. What takes longer than `timeout` has failed as well, unless
 * `onLate` is told instead.
 */
export const awaitListeners = <E>(
  waiting: ReadonlyArray<unknown>,
  timeout: number,
  fail: (what: string, cause?: unknown) => E,
  onLate?: (what: string) => void,
): Effect.Effect<unknown, E> =>
  waiting.length === 0
    ? Effect.void
    : Effect.callback((resume) => {
        const late = run(
          Effect.delay(
            Effect.sync(() => {
              const what = `took over ${timeout} ms`
              if (onLate === undefined) resume(Effect.fail(fail(what)))
              else onLate(what)
            }),
            timeout,
          ),
        )
        const clear = (): void => late.interruptUnsafe()
        Promise.all(waiting)
          .then(
            () => resume(Effect.void),
            (cause) => resume(Effect.fail(fail(`failed: ${inWords(cause)}`, cause))),
          )
          .finally(clear)
        return Effect.sync(clear)
      })

/** Succeeds or fails as a promise does. */
export const done = (promise: Promise<unknown>): Effect.Effect<void, unknown> =>
  Effect.callback((resume) => {
    promise.then(
      () => resume(Effect.void),
      (cause) => resume(Effect.fail(cause)),
    )
  })
