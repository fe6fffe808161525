/** Clients of elements on htmx 4. */

import type { HtmxProp4 } from "../htmx/v4/HtmxApi.ts"
import type { Queued } from "../htmx/v4/WsConnection.ts"
import { type ConnectElement, connectElementBy } from "./connectElement.ts"
import { type FromElement, fromElementBy } from "./fromElement.ts"
import type { HtmxVersion, PublicObject } from "./HtmxVersion.ts"

declare const htmx: { readonly config?: { readonly metaCharacter?: string } } | undefined

/** What stands between the words in `hx-ws:connect`, as the element or else the page spells it. */
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
 * A typed client over the connection of an element with `hx-ws:connect`, or with the `ws-connect` of htmx 2: it shares
 * the socket, the queue and the order of that. It works over this extension however that was loaded, by script tag or
 * by a bundler.
 *
 * *Details*
 *
 * - It waits until the element has a connection, also for its `hx-trigger`, and fails with `NoConnection` where it asks
 *   for none, or has that of another extension. It follows the element to another URL. When the element leaves the
 *   page, messages end, and what was not written fails with `ConnectionClosed`.
 * - A message goes out as JSON text, with the events of the element's own messages. One that a listener refuses, or
 *   that the page takes out of the queue, fails with `MessageDiscarded`.
 * - A frame of JSON without `content` that `incoming` takes is a message, of all programs on the element whose schemas
 *   take it, after all listeners of `htmx:ws:before:message:incoming` have agreed. What `incoming` does not take is
 *   told by `decodeErrors`, also where it is for another. JSON with `content`, and all else, is for htmx alone.
 * - With `ws-connect`, whose frames are HTML, `content` has no meaning: any JSON that `incoming` takes is the
 *   program's, when all listeners of that event have agreed, and is not swapped.
 * - `close` closes the connection for everybody. The end of the scope does not: it takes back what waits, and lets go.
 *
 * *Gotchas*
 *
 * Of a wait that was there before the client, it knows no more than that: delay 0, code 1005. Where a page has another
 * `metaCharacter`, the names of events are read off the attribute; with `ws-connect`, off the global `htmx`.
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
