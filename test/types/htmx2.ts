/** Compiled by `npm run types`, never run: how a page's own TypeScript sees the extension. */
import * as Schedule from "effect/Schedule"
import htmx from "htmx-2"
import { register, type SocketWrapper, type WsConfig } from "../../src/htmx/v2/extension.ts"

register(htmx)
register(htmx, { reconnectDelay: Schedule.fibonacci("1 second"), heartbeat: "25s", queueTtl: false })
register(htmx, { reconnectDelay: (retryCount) => retryCount * 1000, protocols: "chat" })

// @ts-expect-error A duration has a unit that is known.
register(htmx, { connectTimeout: "5 fortnights" })
// @ts-expect-error There are two ways to overflow.
register(htmx, { queueOverflow: "drop-newest" })
// @ts-expect-error There is no such setting.
register(htmx, { reconectDelay: 5 })

export const page = { ws: { reconnectCodes: [1006], reconnectJitter: "full" } } satisfies { ws: WsConfig }

document.addEventListener("htmx:wsOpen", (event) => {
  const { socketWrapper } = (event as CustomEvent<{ socketWrapper: SocketWrapper }>).detail
  socketWrapper.send("hello")
  socketWrapper.queue.length = 0
  socketWrapper.send(42, null)
  // @ts-expect-error An object is nothing that a WebSocket sends.
  socketWrapper.send({ a: 1 })
})
