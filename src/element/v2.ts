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
 * Makes a typed client over the connection of an element with `ws-connect`. Succeeds when the element has a connection,
 * and fails with `NoConnection` if it asks for none, or if its connection belongs to another extension.
 *
 * **Details**
 *
 * - The client shares the socket, the queue and the order of the element, and follows it to another URL. When the
 *   element leaves the page, messages end, and what was not written fails with `ConnectionClosed`. It works over this
 *   extension loaded by a script tag as well as by a bundler.
 * - A message is JSON text, and the element dispatches `htmx:wsBeforeSend` and `htmx:wsAfterSend` for it. It fails with
 *   `MessageDiscarded` if a listener cancels the first, or if the page removes the message from the queue.
 * - The client takes every frame of JSON that `incoming` accepts, after the listeners of `htmx:wsBeforeMessage`, which
 *   may replace or refuse it. Several clients may take the same frame. It is not swapped, and `htmx:wsAfterMessage` is
 *   not dispatched for it. `decodeErrors` emits JSON that `incoming` rejects; htmx gets it, as it gets all other frames.
 * - `close` closes the connection for everybody. The end of the scope only removes this client's messages from the queue.
 *
 * **Gotchas**
 *
 * If the connection waits or has failed when the client is made, the cause is not known: the delay is 0, the code 1005.
 *
 * **Example**
 *
 * ```ts
 * import { Console, Effect, Schema, Stream } from "effect"
 * import { fromElement } from "htmx-ext-effect-ws/htmx2"
 *
 * const Subscribe = Schema.Struct({ symbol: Schema.String })
 * const Price = Schema.Struct({ symbol: Schema.String, price: Schema.Number })
 *
 * export const program = Effect.gen(function* () {
 *   const prices = yield* fromElement(document.querySelector("#prices"), { outgoing: Subscribe, incoming: Price })
 *   yield* prices.send({ symbol: "HTMX" })
 *   yield* Stream.runForEach(prices.messages, ({ symbol, price }) => Console.log(symbol, price))
 * })
 * ```
 */
export const fromElement: FromElement = fromElementBy(version)

/**
 * Makes the client of `fromElement` for programs without Effect, with the schemas of any library. Rejected with
 * `NoConnection`. Disposing of the client, or its signal, ends the client and not the connection; `close` closes it.
 *
 * **Example**
 *
 * ```ts
 * import { connectElement } from "htmx-ext-effect-ws/htmx2"
 * import * as z from "zod"
 *
 * const incoming = z.object({ price: z.number() })
 * await using prices = await connectElement(document.querySelector("#prices"), { incoming })
 * for await (const { price } of prices.messages) console.log(price)
 * ```
 */
export const connectElement: ConnectElement = connectElementBy(version)
