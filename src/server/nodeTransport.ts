/** Upgrades a request of Effect's HTTP server. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import { CloseEvent, type SocketError } from "effect/socket/Socket"
import type { Transport } from "./Transport.ts"

/** The TCP socket behind a request in Node, for which Effect's writer does not wait. */
interface NodeSocket {
  readonly destroyed: boolean
  readonly writableNeedDrain: boolean
  readonly on: (event: "drain" | "close", listener: () => void) => unknown
  readonly off: (event: "drain" | "close", listener: () => void) => unknown
}

export const nodeTransport = (
  request: HttpServerRequest,
): Effect.Effect<Transport, HttpServerError | SocketError, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* request.upgrade
    const { pull } = yield* socket.reader
    const { write } = yield* socket.writer
    const tcp: Partial<NodeSocket> | undefined = Reflect.get(request.source, "socket")
    return {
      url: request.url,
      // Effect's reader fails whenever a socket ends.
      receive: Effect.catch(pull, () => Cause.done()),
      send: (frame) => Effect.ignore(write(frame)),
      backlog: () => (tcp?.writableNeedDrain && !tcp.destroyed ? drained(tcp as NodeSocket) : undefined),
      close: (code, reason) => Effect.ignore(write(new CloseEvent(code, reason))),
    }
  })

const drained = (socket: NodeSocket): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const stop = () => {
      socket.off("drain", end)
      socket.off("close", end)
    }
    const end = () => {
      stop()
      resume(Effect.void)
    }
    socket.on("drain", end)
    socket.on("close", end)
    return Effect.sync(stop)
  })
