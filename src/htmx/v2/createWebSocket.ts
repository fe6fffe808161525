/** Makes the WebSockets on htmx 1.9 and 2: by the page's `htmx.createWebSocket`, or as htmx would. */
import type { Request, WebSocketLike } from "../../core/Socket.ts"
import type { Decoded } from "../Settings.ts"
import type { Htmx2 } from "./HtmxApi.ts"

interface Constructor {
  readonly construct: (request: Request, settings: Decoded) => WebSocketLike
  /** Whether the page makes its sockets itself. */
  readonly isOwn: () => boolean
}

/** Defines `htmx.createWebSocket` if there is none. Returns a constructor that looks it up at each dial. */
export const constructBy = (htmx: Htmx2): Constructor => {
  const create = (url: string, protocols: ReadonlyArray<string> = []): WebSocketLike => {
    const socket = new WebSocket(url, [...protocols])
    socket.binaryType = htmx.config.wsBinaryType ?? "blob"
    return socket
  }
  htmx.createWebSocket ??= create
  // A page may replace it before or after it loads this script. Those of htmx 1.9, which knows no subprotocols, and of the
  // official extension are not the page's own: they read a setting of htmx.
  const isOwn = (): boolean => {
    const hook = htmx.createWebSocket ?? create
    return hook !== create && !/\bwsBinaryType\b/.test(String(hook))
  }
  return {
    isOwn,
    construct: ({ protocols, url }, { binaryType }) => {
      const hook = htmx.createWebSocket ?? create
      const socket =
        protocols.length === 0 ? hook.call(htmx, url) : (isOwn() ? hook : create).call(htmx, url, protocols)
      if (binaryType !== undefined) Object.assign(socket, { binaryType })
      return socket
    },
  }
}
