import type { Change, Room } from "./Chat.ts"
import type { Market, Tick } from "./Feed.ts"

/** Encodes the state and the events of the room and the market for clients. */
export interface Dialect {
  /** Encodes the whole state, which replaces what the client has. */
  readonly everything: (room: Room, market: Market) => string
  readonly chatChange: (change: Change) => string
  readonly tick: (tick: Tick) => string
}
