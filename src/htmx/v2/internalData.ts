/** `element["htmx-internal-data"].webSocket`, where public code and htmx 1.9 look for a connection. */

import type { ElementConnection } from "./ElementConnection.ts"
import type { Api2, InternalWebSocket } from "./HtmxApi.ts"

/** Returns the attributes of an element as one text, to compare them. */
export const attributesOf = (element: Element): string =>
  Array.from(element.attributes, ({ name, value }) => `${name}=${value}`).join()

/** Exposes a connection. On htmx 1.9, `announced` returns the attributes that the element had when htmx announced it last. */
export const exposeInternalData = (
  api: Api2,
  bound: ElementConnection,
  announced: (() => string | undefined) | undefined,
): void => {
  const { connection, element, wrapper } = bound
  const { queue, reconnect, send, sendImmediately } = wrapper
  const close = (): void => connection.close()
  const webSocket: InternalWebSocket = {
    publicInterface: wrapper,
    send,
    sendImmediately,
    init: reconnect,
    // When attributes have changed, htmx 1.9 calls this and announces the element in the same turn: that is no reason to
    // close.
    close: () => {
      const last = announced?.()
      if (announced === undefined || last === attributesOf(element)) close()
      else queueMicrotask(() => announced() === last && close())
    },
    get socket() {
      return bound.socket
    },
    get messageQueue() {
      return queue
    },
    set messageQueue(messages) {
      queue.splice(0, queue.length, ...messages)
    },
    handleQueuedMessages: () => connection.drain(),
    get retryCount() {
      const { state } = connection
      if (state._tag === "Waiting") return state.attempt - 1
      return state._tag === "Connecting" ? state.attempt : 0
    },
    set retryCount(count) {
      if (count === 0) connection.restartBackoff()
    },
    get events() {
      bound.events ??= { message: [] }
      return bound.events
    },
    addEventListener: (type, listener) => {
      const { events } = webSocket
      events[type] ??= []
      events[type].push(listener)
      bound.socket?.addEventListener(type, listener)
    },
  }
  // Not enumerable: when attributes have changed, htmx deletes all keys that it finds.
  Object.defineProperty(api.getInternalData(element), "webSocket", {
    value: webSocket,
    configurable: true,
    writable: true,
  })
}
