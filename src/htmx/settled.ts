import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"
import { run } from "./Runtime.ts"

/**
 * Waits for what listeners have asked to be waited for; goes on in the same turn where that is nothing. `fail`
 * makes the error, of what has happened and of its cause.
 */
export const settled = <E>(
  waiting: ReadonlyArray<unknown>,
  timeout: number,
  fail: (what: string, cause?: unknown) => E,
): Effect.Effect<unknown, E> =>
  waiting.length === 0
    ? Effect.void
    : Effect.callback((resume) => {
        const giveUp = Effect.sync(() => resume(Effect.fail(fail(`took over ${timeout} ms`))))
        const late = run(Effect.delay(giveUp, timeout))
        const clear = (): void => late.interruptUnsafe()
        Promise.all(waiting)
          .then(
            () => resume(Effect.void),
            (cause) => resume(Effect.fail(fail(`failed: ${inWords(cause)}`, cause))),
          )
          .finally(clear)
        return Effect.sync(clear)
      })
