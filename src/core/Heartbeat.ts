/**
 * Liveness: sends a message to a peer that has fallen silent, and gives the socket up if no frame follows.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Payload } from "./Payload.ts"
import { abandoned, type Socket, type SocketClosed } from "./Socket.ts"

export interface Options {
  /** How long the peer may be silent before `message` is sent, in milliseconds. */
  readonly interval: number
  /** How long the peer may take to answer with any frame, in milliseconds. */
  readonly timeout: number
  readonly message: Payload
}

/** A timer this late, in milliseconds, means that the page was suspended, and nothing about the peer. */
const LATE = 1000

/** Succeeds with the end of the socket when the peer has not answered in time. */
export const watch = (socket: Socket, { interval, message, timeout }: Options): Effect.Effect<SocketClosed> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = (): number => clock.currentTimeMillisUnsafe()
    let heardAt = now()
    socket.onFrame = () => {
      heardAt = now()
    }
    while (true) {
      // A clock that was set back must not delay the message.
      const quiet = Math.min(interval, heardAt + interval - now())
      if (quiet > 0) {
        const { received } = socket
        yield* Effect.sleep(quiet)
        if (socket.received > received) continue
      }
      const { received } = socket
      ping(socket, message)
      for (let left = timeout; socket.received === received; left -= interval) {
        if (left <= 0) return abandoned("no answer to the heartbeat")
        const asleep = Math.min(left, interval)
        const due = now() + asleep
        yield* Effect.sleep(asleep)
        if (now() > due + LATE) break
      }
    }
  })

const ping = (socket: Socket, message: Payload): void => {
  try {
    if (socket.writable) socket.send(message)
  } catch {
    // A socket that throws gets no answer either, and is given up in time.
  }
}
