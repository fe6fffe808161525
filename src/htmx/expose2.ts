/** `element["htmx-internal-data"].webSocket`: where public code looks for a connection, and htmx 1.9 as well. */
import type { Api2, InternalWebSocket } from "./HtmxApi.ts"
import type { Owner2 } from "./Owner2.ts"

/** `isAnnounced` tells whether htmx knows the attributes that the element has now. */
export const expose = (
  api: Api2,
  { connection, element, wrapper }: Owner2,
  isAnnounced: () => boolean,
): void => {
  const { reconnect, send, sendImmediately } = wrapper
  const close = (): void => connection.closeUnsafe()
  const webSocket: InternalWebSocket = {
    send,
    sendImmediately,
    init: reconnect,
    // When 1.9 sees that attributes have changed, it closes what it finds here and announces the element again
    // in the same turn: no reason to close.
    close: () => (isAnnounced() ? close() : queueMicrotask(() => isAnnounced() || close())),
    get socket() {
      const { state } = connection
      return ("socket" in state ? state.socket?.webSocket : undefined) ?? null
    },
  }
  // Not enumerable: when attributes have changed, htmx deletes all keys that it finds.
  Object.defineProperty(api.getInternalData(element), "webSocket", {
    value: webSocket,
    configurable: true,
    writable: true,
  })
}
