import type { Change, Room } from "./Chat.ts"
import type { Market, Tick } from "./Feed.ts"

/** Encodes the state and the events of the room and the market for clients. */
export interface Dialect {
  /**
   * Encodes what a client lacks that has just connected. `lastId` is the id of the last message that it shows, if it
   * has one.
   */
  readonly greeting: (room: Room, market: Market, lastId: string | undefined) => ReadonlyArray<string>
  readonly chatChange: (change: Change) => string
  readonly tick: (tick: Tick) => string
}
