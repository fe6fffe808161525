import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Live from "./Live.ts"
import type { Entry } from "./ServerMessage.ts"

const historySize = 50
const idsSize = 1_000

export interface Room {
  /** Changes when the server starts: ids of messages begin anew. */
  readonly epoch: string
  readonly nextId: number
  readonly history: ReadonlyArray<Entry>
  /** The names of the people present who have given one, by seat. */
  readonly names: ReadonlyMap<symbol, string>
}

export type Change =
  | {
      readonly _tag: "Said"
      readonly cursor: string
      readonly entry: Entry
      readonly forgotten: ReadonlyArray<Entry>
    }
  | { readonly _tag: "Present"; readonly names: Room["names"] }

/** Says something, unless it has been said already: a client may send a message again, under the same id. */
type Say = (name: string, text: string, id?: string) => Effect.Effect<void>

export interface Seat extends Live.Followed<Room, Change> {
  readonly say: Say
  readonly rename: (name: string) => Effect.Effect<void>
}

const cursorOf = (epoch: string, id: number): string => `${epoch}-${id}`

/** The id of the newest message. */
export const cursor = ({ epoch, nextId }: Room): string => cursorOf(epoch, nextId - 1)

export interface Missed {
  readonly entries: ReadonlyArray<Entry>
  /** The ids of what is remembered no more, and was when the client was there last. */
  readonly forgotten: ReadonlyArray<number>
}

/**
 * What a client lacks that shows everything up to the message with this id; `undefined` if that cannot be said: the id
 * is of another epoch, or older than what the room remembers.
 */
export const since = ({ epoch, history, nextId }: Room, lastId: string): Missed | undefined => {
  const first = history[0]?.id ?? nextId
  for (let id = first - 1; id < nextId; id++) {
    if (cursorOf(epoch, id) !== lastId) continue
    const oldest = Math.max(1, id - historySize + 1)
    return {
      entries: history.filter((entry) => entry.id > id),
      forgotten: Array.from({ length: Math.max(0, first - oldest) }, (_, index) => oldest + index),
    }
  }
  return undefined
}

/** The chat room: the people present, and the latest messages. */
export class Chat extends Context.Service<
  Chat,
  {
    /** Takes a seat, and leaves it when the scope closes. */
    readonly enter: Effect.Effect<Seat, never, Scope.Scope>
    /** What there is now. */
    readonly state: Effect.Effect<Room>
    readonly say: Say
    readonly announce: (text: string) => Effect.Effect<void>
  }
>()("demo/Chat") {
  static readonly layer = Layer.effect(
    Chat,
    Effect.gen(function* () {
      const epoch = (yield* Random.nextIntBetween(36 ** 5, 36 ** 6)).toString(36)
      const room = yield* Live.make<Room, Change>({ epoch, nextId: 1, history: [], names: new Map() })

      const speak = Effect.fnUntraced(function* (what: Pick<Entry, "name" | "text">) {
        const at = yield* DateTime.now
        yield* room.change((before) => {
          const entry = { ...what, id: before.nextId, at }
          const all = [...before.history, entry]
          const history = all.slice(-historySize)
          const forgotten = all.slice(0, -historySize)
          return [
            { ...before, nextId: entry.id + 1, history },
            { _tag: "Said", cursor: cursorOf(before.epoch, entry.id), entry, forgotten },
          ]
        })
      })

      const ids = new Set<string>()
      const isRepeated = (id: string | undefined): boolean => {
        if (id === undefined) return false
        if (ids.has(id)) return true
        ids.add(id)
        for (const oldest of ids) if (ids.size > idsSize) ids.delete(oldest)
        return false
      }

      const say: Say = (name, text, id) =>
        Effect.suspend(() => (isRepeated(id) ? Effect.void : speak({ name, text })))

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
            say,
            rename: (name) => setName(seat, name),
          }
        }),
        state: Effect.scoped(Effect.map(room.follow, ({ state }) => state)),
        say,
        announce: (text) => speak({ text }),
      }
    }),
  )
}
