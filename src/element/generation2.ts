/** htmx 1.9 and 2: `element["htmx-internal-data"].webSocket`, and events with a `socketWrapper`. */
import type { InternalData2 } from "../htmx/v2/HtmxApi.ts"
import type { SocketWrapper } from "../htmx/v2/SocketWrapper.ts"
import type { Generation } from "./Generation.ts"
import { Mail2 } from "./Mail2.ts"
import { NoConnection } from "./NoConnection.ts"
import { exhausted } from "./outcomes.ts"

// WHATWG WebSockets, `readyState`.
const CLOSED = 3

const webSocketOf = (element: Element): InternalData2["webSocket"] =>
  (element as { "htmx-internal-data"?: InternalData2 })["htmx-internal-data"]?.webSocket

export const generation2: Generation<SocketWrapper, Mail2> = {
  connectionOf: (element) => {
    const webSocket = webSocketOf(element)
    if (webSocket === undefined) return undefined
    // The official script has a publicInterface, which knows no state; htmx 1.9 has a bare socket there.
    const wrapper: SocketWrapper | undefined = webSocket.publicInterface
    if (wrapper?.state !== undefined) return wrapper
    return new NoConnection({ message: "the connection of the element is that of another extension" })
  },
  asks: (element) =>
    ["", "data-"].some(
      (prefix) =>
        element.hasAttribute(`${prefix}ws-connect`) ||
        element.getAttribute(`${prefix}hx-ws`)?.includes("connect:"),
    ),
  mail: (wrapper, element) => new Mail2(wrapper, element),
  field: "socketWrapper",
  dialling: ["htmx:wsConfigConnect", "htmx:wsConnecting"],
  isClosing: (_, element) => {
    const socket = webSocketOf(element)?.socket
    return socket != null && socket.readyState !== CLOSED
  },
  hears: {
    "htmx:wsConfigConnect": ({ detail: { attempt } }, told) => told.enter({ _tag: "Connecting", attempt }),
    "htmx:wsOpen": (_, told) => told.enter({ _tag: "Open" }),
    "htmx:wsClose": ({ detail: { event } }, told) => told.ended(event.code, event.reason),
    "htmx:wsReconnecting": ({ detail: { attempt, delay, event } }, told) =>
      told.enter({ _tag: "Waiting", attempt, delay, code: event.code, reason: event.reason }),
    "htmx:wsFailed": ({ detail: { attempts, code, reason } }, told) =>
      told.enter({ _tag: "Failed", why: exhausted(attempts, code, reason) }),
    "htmx:wsError": ({ detail: { error, problem } }, told) => told.report(problem ?? error),
    // The second spelling comes when all listeners of the first have agreed.
    "htmx:ws-before-message": (event, told) => {
      if (told.offer(event.detail.message)) event.preventDefault()
    },
    "htmx:wsBeforeSend": ({ detail: { message } }, told) => told.mail.asked(message),
    "htmx:wsAfterSend": ({ detail: { message } }, told) => told.mail.sent(message),
    "htmx:wsDropped": ({ detail: { message, reason } }, told) => {
      if (told.isCurrent) told.mail.dropped(message, reason)
    },
  },
}
