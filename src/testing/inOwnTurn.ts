import * as Effect from "effect/Effect"

/** Lets a fiber that waited for the page go on in a turn of its own, not inside the page's. */
export const inOwnTurn = <A, E>(wait: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.onExit(wait, () => Effect.yieldNow)
