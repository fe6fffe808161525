/** How a WebSocket is made on htmx 1.9 and 2: by the page's `htmx.createWebSocket`, or as htmx would do it. */
import type { Request, WebSocketLike } from "../core/Socket.ts"
import type { Htmx2 } from "./HtmxApi.ts"
import type { Decoded } from "./Settings.ts"

type Construct = (request: Request, settings: Decoded) => WebSocketLike

/** Defines `htmx.createWebSocket` where there is none; looks it up at each dial. */
export const constructBy = (htmx: Htmx2): Construct => {
  const create = (url: string, protocols: ReadonlyArray<string> = []): WebSocketLike => {
    const socket = new WebSocket(url, [...protocols])
    socket.binaryType = htmx.config.wsBinaryType ?? "blob"
    return socket
  }
  // That of 1.9 knows no subprotocols.
  const { createWebSocket: core } = htmx
  htmx.createWebSocket ??= create
  return ({ protocols, url }, { binaryType }) => {
    const hook = htmx.createWebSocket ?? create
    const offered = protocols.length > 0
    const socket = !offered
      ? hook.call(htmx, url)
      : (hook === core ? create : hook).call(htmx, url, protocols)
    if (binaryType !== undefined) Object.assign(socket, { binaryType })
    return socket
  }
}
