/** How many messages may wait for the program. */
import { check, count, oneOf } from "./check.ts"

/** How far a subscriber of `messages` may fall behind. */
export interface Buffering {
  /**
   * How many messages may wait for a busy subscriber, at least 1. More may wait until it has had a turn to take them.
   *
   * @default 1024
   */
  readonly bufferSize?: number | undefined
  /**
   * How many of the messages that arrive before anybody has subscribed wait for the first subscriber: by default, `bufferSize`.
   * 0 keeps none, for programs that use only `request`.
   *
   * @default 1024
   */
  readonly backlog?: number | undefined
  /**
   * What happens if the buffer of a subscriber is full: its stream fails with `BufferOverflow`, or it loses the oldest
   * messages (`"drop-oldest"`) or the new ones (`"drop-newest"`), and `problems` emits `MessagesLost`.
   *
   * @default "fail"
   */
  readonly overflow?: "fail" | "drop-oldest" | "drop-newest" | undefined
}

/** In messages. */
const BUFFER_SIZE = 1024

/** Returns the settings, with their defaults. Throws a `TypeError` if one can never work. */
export const bufferingOf = (given: Buffering) => {
  const bufferSize = check("bufferSize", count(1), given.bufferSize, BUFFER_SIZE)
  const overflow = check("overflow", oneOf("fail", "drop-oldest", "drop-newest"), given.overflow, "fail")
  return { bufferSize, backlog: check("backlog", count(0), given.backlog, bufferSize), overflow }
}
