import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"

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
    : Effect.tryPromise({
        try: () => Promise.all(waiting),
        catch: (cause) => fail(`failed: ${inWords(cause)}`, cause),
      }).pipe(
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(fail(`took over ${timeout} ms`)),
        }),
      )
