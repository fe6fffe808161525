/** In the scripts, this stands before `effect/Effect`: a timeout is a race, without an Option in between. */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"

interface Options<A, E> {
  readonly duration: number
  readonly orElse: () => Effect.Effect<A, E>
}

export const timeoutOrElse = dual(
  2,
  <A, E, B, F>(self: Effect.Effect<A, E>, { duration, orElse }: Options<B, F>): Effect.Effect<A | B, E | F> =>
    Effect.raceFirst(self, Effect.flatMap(Effect.sleep(duration), orElse)),
)
