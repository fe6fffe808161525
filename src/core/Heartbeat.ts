/**
 * Sends a message to a peer that has fallen silent, and abandons the socket if no frame follows.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { abandoned, type Socket } from "./dial.ts"
import { elapsed } from "./elapsed.ts"
import type { Payload } from "./Payload.ts"
import type { SocketClosed } from "./Socket.ts"

export interface Options {
  /** How long the peer may be silent before `message` is sent, in milliseconds. */
  readonly interval: number
  /** How long the peer may take to answer with any frame, in milliseconds. */
  readonly timeout: number
  readonly message: Payload
  /** Whether `message` is sent each `interval` even if frames arrive. */
  readonly always?: boolean
}

/**
 * A timer this late, in milliseconds, means that the page was suspended, and nothing about the peer. Those of a hidden page
 * run once a second.
 */
const LATE = 1500

/** The factor of the timeout, doubled by each drop, before the first one after a frame. */
const FRESH = 0.5
/** The largest factor of the timeout. */
const MOST = 8

/** Watches a socket. Succeeds with its end when the peer has not answered in time. */
export type Watch = (socket: Socket, options: Options) => Effect.Effect<SocketClosed>

/**
 * Makes a watch for the sockets of one connection. Each socket that it abandons after another, without a frame between
 * them, doubles the timeout: the network may be slower than the timeout allows for.
 */
export const make = (): Watch => {
  /** The factor of the timeout, if it is more than 1. */
  let factor = FRESH
  let last: Socket | undefined
  return (socket, { always, interval, message, timeout }) =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      // NaN, which compares with nothing, if a stand-in does not have it.
      const buffered = (): number => Number(socket.webSocket.bufferedAmount)
      // Often enough to see the buffer shrink, though the page goes on filling it.
      const step = Math.min(interval, timeout / 8)
      let since = elapsed(clock)
      if (last?.received) factor = FRESH
      last = socket
      while (true) {
        const quiet = Math.max(since, always ? 0 : socket.receivedAt) + interval - elapsed(clock)
        if (quiet > 0) {
          const { received } = socket
          yield* Effect.sleep(quiet)
          if (!always && socket.received > received) continue
        }
        const { received } = socket
        if (received > 0) factor = FRESH
        // Before the message: the network takes that even if the peer is gone.
        const before = buffered()
        ping(socket, message)
        if (always) since = elapsed(clock)
        const end = elapsed(clock) + timeout * Math.max(1, factor)
        let waiting = before
        let isBusy = false
        while (socket.received === received) {
          const left = end - elapsed(clock)
          isBusy ||= before > 0 && buffered() < waiting
          waiting = buffered()
          if (left <= 0 && isBusy) {
            factor = FRESH
            since = elapsed(clock)
            break
          }
          if (left <= 0) {
            factor = Math.min(MOST, factor * 2)
            last = undefined
            return abandoned("no answer to the heartbeat")
          }
          const asleep = Math.min(left, step)
          // By the date, which goes on while the page is suspended.
          const due = clock.currentTimeMillisUnsafe() + asleep
          yield* Effect.sleep(asleep)
          if (clock.currentTimeMillisUnsafe() > due + LATE) break
        }
      }
    })
}

const ping = (socket: Socket, message: Payload): void => {
  try {
    if (socket.writable) socket.send(message)
  } catch {
    // A socket that throws gets no answer either, and is abandoned in time.
  }
}
