/** Notices when a page closes a WebSocket itself. */
import type { WebSocketLike } from "../../core/Socket.ts"

interface Adopting {
  readonly state: { readonly _tag: string }
  /** Called just before the page closes a WebSocket. */
  adoptClose(webSocket: WebSocketLike): void
}

/** The connections that use each WebSocket: a page may return one for several, or again for the next dial. */
const known = new WeakMap<WebSocketLike, Array<Adopting>>()

/** Has `adoptClose` called when the page calls `close` of a WebSocket: the connection then stays closed. Returns it. */
export const adoptCloses = (webSocket: WebSocketLike, connection: Adopting): WebSocketLike => {
  const before = known.get(webSocket)
  const others = before?.filter((other) => other !== connection && other.state._tag !== "Ended") ?? []
  known.set(webSocket, [...others, connection])
  if (before !== undefined) return webSocket
  try {
    // A proxy keeps the properties of a test's spy.
    webSocket.close = new Proxy(webSocket.close, {
      apply(close, self, frame) {
        for (const connection of known.get(webSocket) ?? []) connection.adoptClose(webSocket)
        return Reflect.apply(close, self, frame)
      },
    })
  } catch {
    // A stand-in may have no `close`, or be frozen.
  }
  return webSocket
}
