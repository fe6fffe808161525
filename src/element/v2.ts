/** Clients of elements on htmx 1.9 and 2. */

import type { InternalData2 } from "../htmx/v2/HtmxApi.ts"
import type { Message } from "../htmx/v2/SocketWrapper.ts"
import { type ConnectElement, connectElementBy } from "./connectElement.ts"
import { type FromElement, fromElementBy } from "./fromElement.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

const webSocketOf = (element: Element): InternalData2["webSocket"] =>
  (element as { "htmx-internal-data"?: InternalData2 })["htmx-internal-data"]?.webSocket

const version: HtmxVersion<Message> = {
  publicObject: (element) => {
    const webSocket = webSocketOf(element)
    // htmx 1.9 has a bare socket there for its own `hx-ws`.
    return webSocket && ((webSocket.publicInterface as PublicObject<Message> | undefined) ?? {})
  },
  wantsConnection: (element) =>
    ["", "data-"].some(
      (prefix) =>
        element.hasAttribute(`${prefix}ws-connect`) ||
        element.getAttribute(`${prefix}hx-ws`)?.includes("connect:"),
    ),
  dialEvents: () => ["htmx:wsConfigConnect", "htmx:wsConnecting"],
  makeMessage: (sendElt, message) => ({ message, sendElt }),
}

/**
 * A typed client over the connection of an element with `ws-connect`: it shares the socket, the queue and the order
 * of that. It works over this extension however that was loaded, by script tag or by a bundler.
 *
 * *Details*
 *
 * - It waits until the element has a connection, and fails with `NoConnection` where it asks for none, or has that of
 *   another extension. It follows the element to another URL. When the element leaves the page, messages end, and what
 *   was not written fails with `ConnectionClosed`.
 * - A message goes out as JSON text, with `htmx:wsBeforeSend` and `htmx:wsAfterSend` on the element. One that a
 *   listener refuses, or that the page takes out of the queue, fails with `MessageDiscarded`.
 * - A frame of JSON that `incoming` takes is the program's, and of all programs on the element whose schemas take it.
 *   It is offered when all listeners of `htmx:wsBeforeMessage` have let it through; what they have replaced counts. What
 *   a program takes is not swapped, and there is no `htmx:wsAfterMessage` for it. JSON that `incoming` does not take goes its way as if
 *   there were no program, and is told by `decodeErrors`, also where it is for another. All else is for htmx alone.
 * - `close` closes the connection for everybody. The end of the scope does not: it takes back what waits, and lets go.
 *
 * *Gotchas*
 *
 * Of a wait, or an end, that was there before the client, it knows no more than that: delay 0, code 1005.
 *
 * *Example*
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const prices = yield* fromElement(document.querySelector("#prices"), { outgoing: Subscribe, incoming: Price })
 *   yield* prices.send({ symbol: "HTMX" })
 *   yield* Stream.runForEach(prices.messages, ({ symbol, price }) => Console.log(symbol, price))
 * })
 * ```
 */
export const fromElement: FromElement = fromElementBy(version)

/**
 * `fromElement` for programs without Effect, with the schemas of any library. Fulfilled when the element has a
 * connection, rejected with `NoConnection`. Disposing of the client, or its signal, lets go of the connection;
 * `close` closes it for everybody.
 *
 * *Example*
 *
 * ```ts
 * await using prices = await connectElement(document.querySelector("#prices"), { incoming: z.object({ price: z.number() }) })
 * for await (const { price } of prices.messages) console.log(price)
 * ```
 */
export const connectElement: ConnectElement = connectElementBy(version)
