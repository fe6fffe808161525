/**
 * The message that is being handled. If a message is handled again, by this process or another, its entries have the same
 * tokens, and a log adds only one entry for each token.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export class Handling {
  readonly #message: string
  readonly #counts = new Map<string, number>()

  constructor(channel: string, id: string) {
    this.#message = `${channel}:${id}`
  }

  /** Returns the token of the next entry that the handler adds to a room. */
  nextToken(room: string): string {
    const count = (this.#counts.get(room) ?? 0) + 1
    this.#counts.set(room, count)
    return `${this.#message}:${count}`
  }
}

/** The message that is being handled, if the page waits for its answer. */
const Current = Context.Reference<Handling | undefined>("htmx-ext-effect-ws/Handling", {
  defaultValue: () => undefined,
})

/** Runs the handler of a message. */
export const during = <A, E, R>(
  channel: string,
  id: string | undefined,
  handler: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.suspend(() =>
    Effect.provideService(handler, Current, id === undefined ? undefined : new Handling(channel, id)),
  )

/** Succeeds with the token of the next entry for a room; `undefined` outside of handlers, or if the page waits for no answer. */
export const nextToken = (room: string): Effect.Effect<string | undefined> =>
  Effect.map(Current, (handling) => handling?.nextToken(room))
