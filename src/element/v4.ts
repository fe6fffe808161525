/** Clients of elements on htmx 4. */
import type { HtmxProp4 } from "../htmx/v4/HtmxApi.ts"
import type { Queued } from "../htmx/v4/WsConnection.ts"
import { connectElementBy, fromElementBy } from "./clients.ts"
import type { HtmxVersion, PublicObject } from "./connectionOf.ts"

declare const htmx: { readonly config?: { readonly metaCharacter?: string } } | undefined

/** Returns the character between the words of `hx-ws:connect`, as the element spells it, or else the page. */
const separatorOf = (element: Element): string => {
  const names = element.getAttributeNames().filter((name) => !/^(?:data-)?ws-connect$/.test(name))
  return (
    names.flatMap((name) => /ws([^a-z0-9]+)connect$/.exec(name)?.[1] ?? []).at(0) ??
    (typeof htmx === "undefined" ? undefined : htmx.config?.metaCharacter) ??
    ":"
  )
}

const version: HtmxVersion = {
  publicObject: (element) =>
    (element as { _htmx?: HtmxProp4 })._htmx?.ws?.connection as Partial<PublicObject> | undefined,
  wantsConnection: (element) => element.getAttributeNames().some((name) => /ws[^a-z0-9]+connect$/.test(name)),
  dialEvents: (element) => ["htmx:ws:before:connection".replaceAll(":", separatorOf(element))],
  makeMessage: (element, data, settle): Queued => ({
    element,
    message: { values: {}, headers: {}, data },
    settle,
  }),
}

/**
 * Makes a typed client over the connection of an element with `hx-ws:connect`, or with the `ws-connect` of htmx 2.
 * Succeeds when the element has a connection, which may need its `hx-trigger`, and fails with `NoConnection` if it asks
 * for none, or if its connection belongs to another extension. It works over this extension loaded by a script tag as
 * well as by a bundler.
 *
 * **Details**
 *
 * The client takes frames of JSON without `content`, after the listeners of `htmx:ws:before:message:incoming`. With
 * `ws-connect`, whose frames are HTML, `content` has no meaning: the client takes any JSON that `incoming` accepts, and
 * it is not swapped. See `ElementClient` for the rest.
 *
 * **Gotchas**
 *
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
export const fromElement = fromElementBy(version)

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
export const connectElement = connectElementBy(version)
