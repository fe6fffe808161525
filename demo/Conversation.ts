import type * as DateTime from "effect/DateTime"
import type { Entry } from "./ServerMessage.ts"

const historySize = 50

export interface Conversation {
  readonly nextId: number
  /** The latest messages, oldest first. */
  readonly history: ReadonlyArray<Entry>
  /** The names of the people present who have given one, by seat. */
  readonly names: ReadonlyMap<symbol, string>
}

export type Change =
  | { readonly _tag: "Said"; readonly entry: Entry; readonly forgotten: ReadonlyArray<Entry> }
  | { readonly _tag: "Present"; readonly names: Conversation["names"] }

type Step = (before: Conversation) => readonly [Conversation, Change]

export const nothingSaid: Conversation = { nextId: 1, history: [], names: new Map() }

export const said =
  (what: Pick<Entry, "name" | "text" | "message">, at: DateTime.Utc): Step =>
  (before) => {
    const entry = { ...what, id: before.nextId, at }
    const all = [...before.history, entry]
    return [
      { ...before, nextId: entry.id + 1, history: all.slice(-historySize) },
      { _tag: "Said", entry, forgotten: all.slice(0, -historySize) },
    ]
  }

/** Without a name, somebody leaves. */
export const named =
  (seat: symbol, name: string | undefined): Step =>
  (before) => {
    const names = new Map(before.names)
    if (name === undefined) names.delete(seat)
    else names.set(seat, name)
    return [
      { ...before, names },
      { _tag: "Present", names },
    ]
  }
