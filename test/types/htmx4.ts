/** Compiled by `npm run types`, never run: how a page's own TypeScript sees the extension. */
import * as Schedule from "effect/Schedule"
import htmx from "htmx-4"
import { register, type WsConfig, type WsConnection } from "../../src/htmx/v4/extension.ts"

register(htmx)
register(htmx, { reconnectDelay: Schedule.fibonacci("1 second"), heartbeat: "25s", queueTtl: false })

// @ts-expect-error There is no such setting.
register(htmx, { reconectDelay: 5 })

export const page = { ws: { reconnectCodes: [1006], reconnectJitter: 0.3 } } satisfies { ws: WsConfig }

document.addEventListener("htmx:ws:after:connection", (event) => {
  const { connection } = (event as CustomEvent<{ connection: WsConnection }>).detail
  connection.url += "?again"
  connection.queue.length = 0
  connection.reconnect()
  connection.config = { reconnect: false }
  connection.queue = []
  connection.attempt = 0
  // @ts-expect-error What a connection is doing is not for the page to say.
  connection.state = "closed"
})
