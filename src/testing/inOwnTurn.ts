import * as Effect from "effect/Effect"

/** A wait for what a page does, which goes on in a turn of its own, and not inside of the page's. */
export const inOwnTurn = <A, E>(wait: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.onExit(wait, () => Effect.yieldNow)
