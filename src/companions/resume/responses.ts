/** Tells feeds what became of their requests for `ws-resync`. */
import { listen, type Names } from "../events.ts"
import type { Htmx } from "../Htmx.ts"
import type { Feed } from "./Feed.ts"
import { lastId, resync } from "./wire.ts"

/** What events about requests say, of htmx 1.9 and 2 and of htmx 4. */
interface Requested {
  readonly xhr: XMLHttpRequest
  readonly successful?: boolean
  readonly requestConfig: { readonly elt: Element; readonly headers: Readonly<Record<string, string>> }
  /** On htmx 4 alone. */
  readonly ctx?: {
    readonly sourceElement: Element
    readonly status: string
    readonly request: { readonly headers: Readonly<Record<string, string>> }
    readonly response?: { readonly headers: Headers }
  }
}

export const watchResponses = (htmx: Htmx, feeds: WeakMap<Element, Feed>): void => {
  const on = (names: Names, act: (detail: Requested) => void): void =>
    listen(htmx, names, ({ detail }) => act(detail as unknown as Requested))

  on(["afterRequest", "finally:request"], ({ ctx, requestConfig, successful, xhr }) => {
    if (ctx)
      feeds
        .get(ctx.sourceElement)
        ?.answer(ctx.request.headers[resync], ctx.status === "swapped", ctx.response?.headers.get(lastId))
    // A swap may be delayed.
    else if (!successful || xhr.status === 204)
      feeds.get(requestConfig.elt)?.answer(requestConfig.headers[resync], false)
  })
  // htmx 4 has one event for both.
  on(["afterSwap", ""], ({ requestConfig, xhr }) => {
    const token = requestConfig?.headers[resync]
    if (token !== undefined) feeds.get(requestConfig.elt)?.answer(token, true, xhr.getResponseHeader(lastId))
  })
}
