/** Clients of elements on htmx 1.9 and 2. */
import type { InternalData2 } from "../htmx/v2/HtmxApi.ts"
import type { Message } from "../htmx/v2/SocketWrapper.ts"
import { connectElementBy, fromElementBy } from "./clients.ts"
import type { HtmxVersion } from "./connectionOf.ts"

const version: HtmxVersion = {
  publicObject: (element) => {
    const data = (element as { "htmx-internal-data"?: InternalData2 })["htmx-internal-data"]
    // htmx 1.9 has a bare socket there for its own `hx-ws`.
    return data?.webSocket && Object(data.webSocket.publicInterface)
  },
  wantsConnection: (element) =>
    ["", "data-"].some(
      (prefix) =>
        element.hasAttribute(`${prefix}ws-connect`) ||
        element.getAttribute(`${prefix}hx-ws`)?.includes("connect:"),
    ),
  dialEvents: () => ["htmx:wsConfigConnect", "htmx:wsConnecting"],
  makeMessage: (sendElt, message, settle): Message => ({ message, sendElt, settle }),
}

/**
 * Makes a typed client over the connection of an element with `ws-connect`. Succeeds when the element has a connection,
 * and fails with `NoConnection` if it asks for none, or if its connection belongs to another extension. It works over
 * this extension loaded by a script tag as well as by a bundler.
 *
 * **Details**
 *
 * The element dispatches `htmx:wsBeforeSend` and `htmx:wsAfterSend` for a message. The client takes a frame after the
 * listeners of `htmx:wsBeforeMessage`; it is not swapped, and `htmx:wsAfterMessage` is not dispatched for it. See
 * `ElementClient` for the rest.
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
export const fromElement = fromElementBy(version)

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
export const connectElement = connectElementBy(version)
