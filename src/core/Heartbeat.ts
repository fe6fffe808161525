/**
 * Liveness: a peer that has fallen silent is asked for a sign of life, and given up where none comes.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Payload } from "./Payload.ts"
import { abandoned, type Socket, type SocketClosed } from "./Socket.ts"

export interface Options {
  /** How long, in milliseconds, the peer may be silent before it is asked. */
  readonly interval: number
  /** How long, in milliseconds, it may take to answer: with any frame. */
  readonly timeout: number
  readonly message: Payload
}

/** A timer this late, in milliseconds, tells that we were asleep, and says nothing about the peer. */
const LATE = 1000

/** Succeeds, as the end of the socket, when the peer has not answered. */
export const watch = (socket: Socket, { interval, message, timeout }: Options): Effect.Effect<SocketClosed> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = (): number => clock.currentTimeMillisUnsafe()
    let heardAt = now()
    socket.onFrame = () => {
      heardAt = now()
    }
    while (true) {
      // A clock that was set back must not put the question off.
      const quiet = Math.min(interval, heardAt + interval - now())
      if (quiet > 0) {
        const { received } = socket
        yield* Effect.sleep(quiet)
        if (socket.received > received) continue
      }
      const { received } = socket
      ask(socket, message)
      for (let left = timeout; socket.received === received; left -= interval) {
        if (left <= 0) return abandoned("no answer to the heartbeat")
        const asleep = Math.min(left, interval)
        const due = now() + asleep
        yield* Effect.sleep(asleep)
        if (now() > due + LATE) break
      }
    }
  })

const ask = (socket: Socket, message: Payload): void => {
  try {
    if (socket.writable) socket.send(message)
  } catch {
    // A socket that takes no question gets no answer either, and is given up in time.
  }
}
