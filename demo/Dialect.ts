import type { Change, Room } from "./Chat.ts"
import type { Market, Tick } from "./Feed.ts"

/** How the room and the market are told to those who follow them. */
export interface Dialect {
  /** All that there is, to be put in the place of whatever was known before. */
  readonly everything: (room: Room, market: Market) => string
  readonly chatChange: (change: Change) => string
  readonly tick: (tick: Tick) => string
}
