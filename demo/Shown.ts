import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Html, Room } from "htmx-ext-effect-ws/server"
import { Coffee } from "./ClientMessage.ts"
import * as Live from "./Live.ts"

/** A state that programs follow, and that pages show as long as they are in its room. */
export interface Shown<State, Event> extends Live.Live<State, Event> {
  readonly room: Room.Room<typeof Coffee>
}

export interface Options<State, Event> {
  /** The name of the room. */
  readonly name: string
  /** How many changes the room keeps for pages that are away. */
  readonly keep: number
  readonly initial: State
  /** What pages show of the state. */
  readonly content: (state: State) => Room.Content
  /** What changes on a page by an event. */
  readonly fragments: (event: Event) => Html
}

export const make = <State, Event>({
  content,
  fragments,
  initial,
  keep,
  name,
}: Options<State, Event>): Effect.Effect<Shown<State, Event>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const live = yield* Live.make<State, Event>(initial)
    const room = yield* Room.make(Coffee, { name, keep, snapshot: () => Effect.map(live.get, content) })
    const change: typeof live.change = (step) =>
      room.change(Effect.tap(live.change(step), (event) => Effect.orDie(room.push(fragments(event)))))
    return { ...live, room, change }
  }).pipe(Effect.orDie)
