/** Clients of elements on htmx 4. */

import type { HtmxProp4 } from "../htmx/v4/HtmxApi.ts"
import type { Queued } from "../htmx/v4/WsConnection.ts"
import { type ConnectElement, connectElementBy } from "./connectElement.ts"
import { type FromElement, fromElementBy } from "./fromElement.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

declare const htmx: { readonly config?: { readonly metaCharacter?: string } } | undefined

/** The character between the words of `hx-ws:connect`, as the element spells it, or else the page. */
const separatorOf = (element: Element): string => {
  const names = element.getAttributeNames().filter((name) => !/^(?:data-)?ws-connect$/.test(name))
  return (
    names.flatMap((name) => /ws([^a-z0-9]+)connect$/.exec(name)?.[1] ?? []).at(0) ??
    (typeof htmx === "undefined" ? undefined : htmx.config?.metaCharacter) ??
    ":"
  )
}

const version: HtmxVersion<Queued> = {
  publicObject: (element) =>
    (element as { _htmx?: HtmxProp4 })._htmx?.ws?.connection as Partial<PublicObject<Queued>> | undefined,
  wantsConnection: (element) => element.getAttributeNames().some((name) => /ws[^a-z0-9]+connect$/.test(name)),
  dialEvents: (element) => ["htmx:ws:before:connection".replaceAll(":", separatorOf(element))],
  makeMessage: (element, data) => ({ element, message: { values: {}, headers: {}, data } }),
}

/**
 * Makes a typed client over the connection of an element with `hx-ws:connect`, or with the `ws-connect` of htmx 2.
 * Succeeds when the element has a connection, which may need its `hx-trigger`, and fails with `NoConnection` if it asks
 * for none, or if its connection belongs to another extension.
 *
 * **Details**
 *
 * - The client shares the socket, the queue and the order of the element, and follows it to another URL. When the
 *   element leaves the page, messages end, and what was not written fails with `ConnectionClosed`. It works over this
 *   extension loaded by a script tag as well as by a bundler.
 * - A message is JSON text, and has the events of the element's own messages. It fails with `MessageDiscarded` if a
 *   listener refuses it, or if the page removes it from the queue.
 * - The client takes every frame of JSON without `content` that `incoming` accepts, after the listeners of
 *   `htmx:ws:before:message:incoming`, which may replace or refuse it. Several clients may take the same frame.
 *   `decodeErrors` emits JSON that `incoming` rejects. All other frames are for htmx alone.
 * - With `ws-connect`, whose frames are HTML, `content` has no meaning: the client takes any JSON that `incoming` accepts,
 *   and it is not swapped.
 * - `close` closes the connection for everybody. The end of the scope only removes this client's messages from the queue.
 *
 * **Gotchas**
 *
 * If the connection waits or has failed when the client is made, the cause is not known: the delay is 0, the code 1005.
 * On a page with another `metaCharacter`, the names of events follow the spelling of the attribute, or, with
 * `ws-connect`, the global `htmx`.
 *
 * **Example**
 *
 * ```ts
 * import { Console, Effect, Schema, Stream } from "effect"
 * import { fromElement } from "htmx-ext-effect-ws/htmx4"
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
 * import { connectElement } from "htmx-ext-effect-ws/htmx4"
 * import * as z from "zod"
 *
 * const incoming = z.object({ price: z.number() })
 * await using prices = await connectElement(document.querySelector("#prices"), { incoming })
 * for await (const { price } of prices.messages) console.log(price)
 * ```
 */
export const connectElement: ConnectElement = connectElementBy(version)
