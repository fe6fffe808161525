/**
 * How the adapters run effects. Each starts in the turn of the call; timers are `globalThis.setTimeout`,
 * looked up when used, so that a page's fake clock drives them.
 */
import * as Effect from "effect/Effect"

export const run = Effect.runFork

// The first fiber defines Effect's globals. Defined now, they are no leak to a test runner.
run(Effect.void)

/** Succeeds or fails as a promise does. */
export const done = (promise: Promise<unknown>): Effect.Effect<void, unknown> =>
  Effect.callback((resume) => {
    promise.then(
      () => resume(Effect.void),
      (cause) => resume(Effect.fail(cause)),
    )
  })
