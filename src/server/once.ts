/** Handles a message with an id once. A page that got no answer sends it again, perhaps over another socket. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Why a message was refused; `undefined` if it was handled. */
type Refusal = string | undefined

/** How many messages of a channel are remembered: the newest. */
const memory = 10_000

const channels = new WeakMap<object, Map<string, Deferred.Deferred<Refusal>>>()

/** Handles a message, or succeeds with the outcome of the first time if it has been, or is being, handled. */
export const once = <R>(
  channel: object,
  id: string | undefined,
  handle: () => Effect.Effect<Refusal, never, R>,
): Effect.Effect<Refusal, never, R> =>
  Effect.suspend(() => {
    if (id === undefined) return handle()
    const outcomes = channels.get(channel) ?? new Map<string, Deferred.Deferred<Refusal>>()
    channels.set(channel, outcomes)
    const earlier = outcomes.get(id)
    if (earlier !== undefined) return Deferred.await(earlier)
    const outcome = Deferred.makeUnsafe<Refusal>()
    outcomes.set(id, outcome)
    const [oldest] = outcomes.keys()
    if (outcomes.size > memory && oldest !== undefined) outcomes.delete(oldest)
    return Effect.onExit(handle(), (exit) =>
      Effect.sync(() => {
        // A message whose handler was interrupted has not been handled.
        if (Exit.isFailure(exit)) outcomes.delete(id)
        Deferred.doneUnsafe(outcome, exit)
      }),
    )
  })
