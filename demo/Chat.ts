import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Live from "./Live.ts"
import type { Entry } from "./ServerMessage.ts"

const historySize = 50

export interface Room {
  readonly nextId: number
  readonly history: ReadonlyArray<Entry>
  /** The names of the people present who have given one, by seat. */
  readonly names: ReadonlyMap<symbol, string>
}

export type Change =
  | { readonly _tag: "Said"; readonly entry: Entry; readonly forgotten: ReadonlyArray<Entry> }
  | { readonly _tag: "Present"; readonly names: Room["names"] }

export interface Seat extends Live.Followed<Room, Change> {
  readonly say: (name: string, text: string) => Effect.Effect<void>
  readonly rename: (name: string) => Effect.Effect<void>
}

/** The chat room: the people present, and the latest messages. */
export class Chat extends Context.Service<
  Chat,
  {
    /** Takes a seat, and leaves it when the scope closes. */
    readonly enter: Effect.Effect<Seat, never, Scope.Scope>
    readonly announce: (text: string) => Effect.Effect<void>
  }
>()("demo/Chat") {
  static readonly layer = Layer.effect(
    Chat,
    Effect.gen(function* () {
      const room = yield* Live.make<Room, Change>({ nextId: 1, history: [], names: new Map() })

      const speak = Effect.fnUntraced(function* (what: Pick<Entry, "name" | "text">) {
        const at = yield* DateTime.now
        yield* room.change((before) => {
          const entry = { ...what, id: before.nextId, at }
          const all = [...before.history, entry]
          const history = all.slice(-historySize)
          const forgotten = all.slice(0, -historySize)
          return [
            { ...before, nextId: entry.id + 1, history },
            { _tag: "Said", entry, forgotten },
          ]
        })
      })

      const setName = (seat: symbol, name: string | undefined) =>
        room.change((before) => {
          const names = new Map(before.names)
          if (name === undefined) names.delete(seat)
          else names.set(seat, name)
          return [
            { ...before, names },
            { _tag: "Present", names },
          ]
        })

      return {
        enter: Effect.gen(function* () {
          const seat = Symbol("seat")
          const followed = yield* room.follow
          yield* Effect.addFinalizer(() => setName(seat, undefined))
          return {
            ...followed,
            say: (name, text) => speak({ name, text }),
            rename: (name) => setName(seat, name),
          }
        }),
        announce: (text) => speak({ text }),
      }
    }),
  )
}
