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
export const watch = (socket: Socket, options: Options): Effect.Effect<SocketClosed> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = () => clock.currentTimeMillisUnsafe()
    let heardAt = now()
    // A listener of its own, so that a message pays for this only where it is asked for.
    socket.webSocket.addEventListener("message", () => {
      heardAt = now()
    })
    while (true) {
      const quiet = heardAt + options.interval - now()
      if (quiet > 0) {
        yield* Effect.sleep(quiet)
        continue
      }
      const askedAt = now()
      if (socket.writable) socket.sendUnsafe(options.message)
      yield* Effect.sleep(options.timeout)
      if (heardAt < askedAt && now() < askedAt + options.timeout + LATE) return abandoned("no sign of life")
    }
  })
