import type { WebSocketLike } from "../../core/Socket.ts"

interface Adopting {
  readonly state: { readonly _tag: string }
  /** Called just before the page closes a WebSocket. */
  adoptClose(webSocket: WebSocketLike): void
}

/** The connections that each WebSocket was given to: a page may give one to several, or again for the next dial. */
const known = new WeakMap<WebSocketLike, Array<Adopting>>()

/** Calls `adoptClose` when the page calls `close` of a WebSocket: such a connection stays closed. */
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
