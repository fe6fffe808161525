/**
 * Runs the effects of the adapters. Each starts in the turn of the call; timers are `globalThis.setTimeout`, looked up
 * when used, so that a page's fake clock drives them.
 */
import * as Effect from "effect/Effect"

export const run = Effect.runFork

// The first fiber defines Effect's globals. Test runners would report them as leaks if they were defined later.
run(Effect.void)

/** Succeeds or fails as a promise does. */
export const done = (promise: Promise<unknown>): Effect.Effect<void, unknown> =>
  Effect.callback((resume) => {
    promise.then(
      () => resume(Effect.void),
      (cause) => resume(Effect.fail(cause)),
    )
  })
