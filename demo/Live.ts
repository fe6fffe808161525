import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"

/** A state and the events that change it. */
export interface Live<State, Event> {
  readonly get: Effect.Effect<State>
  /** The current state and every event after it: no event is missing, and none is already in the state. */
  readonly follow: Effect.Effect<Followed<State, Event>, never, Scope.Scope>
  /** Changes the state, and returns the event of that. */
  readonly change: (step: (state: State) => readonly [State, Event]) => Effect.Effect<Event>
}

export interface Followed<State, Event> {
  readonly state: State
  readonly events: Stream.Stream<Event>
}

export const make = Effect.fnUntraced(function* <State, Event>(
  initial: State,
): Effect.fn.Return<Live<State, Event>> {
  const state = yield* Ref.make(initial)
  const events = yield* PubSub.unbounded<Event>()
  const lock = yield* Semaphore.make(1)
  return {
    get: Ref.get(state),
    follow: Effect.all({
      events: Effect.map(PubSub.subscribe(events), Stream.fromSubscription),
      state: Ref.get(state),
    }).pipe(lock.withPermit),
    change: (step) =>
      Ref.modify(state, (before) => {
        const [after, event] = step(before)
        return [event, after]
      }).pipe(
        Effect.tap((event) => PubSub.publish(events, event)),
        lock.withPermit,
      ),
  }
})
