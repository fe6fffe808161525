/**
 * The logs of rooms: in the memory of this process, unless a layer provides others.
 *
 * **Example**
 *
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { RoomLog } from "htmx-ext-effect-ws/server"
 *
 * const open: RoomLog.Open = (room, keep) =>
 *   Effect.map(RoomLog.openInMemory(room, keep), (log) => ({
 *     ...log,
 *     append: (entry, known, token) => Effect.tap(log.append(entry, known, token), Effect.logDebug(room, entry)),
 *   }))
 * export const logs = Layer.succeed(RoomLog.Logs)(open)
 * ```
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Entry } from "./Entry.ts"
import type { Place } from "./Place.ts"

/** A log could not be read or written. */
export class LogError extends Data.TaggedError("LogError")<{
  readonly message: string
  readonly cause: unknown
}> {}

/** The entries of a log after a place. */
export interface Kept {
  readonly epoch: string
  /** The number of the newest entry; 0 if there has been none in the epoch. */
  readonly last: number
  /** The entries up to the newest, oldest first. If the first does not follow the place, some are lost. */
  readonly entries: ReadonlyArray<Entry>
}

/** The log of a room. Entries are numbered from 1, without gaps. */
export interface RoomLog {
  /**
   * Adds an entry, exactly once. `known` is how far the caller has read. Adds nothing if an entry was added with the same
   * `token` before, by this or another process: the entries of a message that is handled again have the same tokens.
   */
  readonly append: (
    entry: Entry,
    known: Place | undefined,
    token: string | undefined,
  ) => Effect.Effect<void, LogError>
  /** Reads the entries after a place; without one, or if it is of another epoch, all that are kept. */
  readonly read: (after: Place | undefined) => Effect.Effect<Kept, LogError>
  /** Emits when another process may have added entries. */
  readonly changes: Stream.Stream<void>
}

/** Opens the log of a room, which keeps at least the newest `keep` entries. */
export type Open = (room: string, keep: number) => Effect.Effect<RoomLog, LogError, Scope.Scope>

/** Opens logs in the memory of this process. Each ends with its room. */
export const openInMemory: Open = (_, keep) =>
  Effect.map(drawEpoch, (epoch) => {
    let last = 0
    const entries: Array<Entry> = []
    const tokens = new Set<string>()
    return {
      append: (entry, _, token) =>
        Effect.sync(() => {
          if (token !== undefined && !remember(tokens, token)) return
          last++
          entries.push(entry)
          if (entries.length > keep) entries.shift()
        }),
      read: (after) =>
        Effect.sync(() => {
          const missing = after?.epoch === epoch ? Math.max(0, last - after.number) : entries.length
          return { epoch, last, entries: missing === 0 ? [] : entries.slice(-missing) }
        }),
      changes: Stream.never,
    }
  })

/** How many tokens a log in memory remembers: the newest. */
const memory = 10_000

/** Adds a token. Returns whether it is new. */
const remember = (tokens: Set<string>, token: string): boolean => {
  if (tokens.has(token)) return false
  tokens.add(token)
  const [oldest] = tokens
  if (tokens.size > memory && oldest !== undefined) tokens.delete(oldest)
  return true
}

/** Draws the epoch of a log: a part of its ids, so that those of an earlier log name none of its entries. */
export const drawEpoch: Effect.Effect<string> = Effect.map(Random.nextIntBetween(0, 2 ** 31), (number) =>
  number.toString(36),
)

/** The service that opens the logs of rooms. */
export const Logs = Context.Reference<Open>("htmx-ext-effect-ws/Logs", { defaultValue: () => openInMemory })
