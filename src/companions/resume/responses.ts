/** Reports the responses of `ws-resync` to feeds. */
import { listen, type Names } from "../events.ts"
import type { Htmx } from "../Htmx.ts"
import type { Feed } from "./Feed.ts"
import { lastId, resync } from "./wire.ts"

/** A request of htmx, and its element. */
interface Asked {
  readonly elt: Element
  readonly headers: Readonly<Record<string, string>>
}

/** The details of events about requests, of htmx 1.9 and 2 and of htmx 4. */
interface Requested {
  readonly xhr: XMLHttpRequest
  readonly successful?: boolean
  readonly requestConfig: Asked
  /** On htmx 4 alone. */
  readonly ctx?: {
    readonly sourceElement: Element
    readonly status: string
    readonly request: Pick<Asked, "headers">
    readonly response?: { readonly headers: Headers }
  }
}

export const watchResponses = (htmx: Htmx, feeds: WeakMap<Element, Feed>): void => {
  const on = (names: Names, act: (detail: Requested) => void): void =>
    listen(htmx, names, ({ detail }) => act(detail as unknown as Requested))
  // Waits until htmx has finished the request: another one that is made before is queued, and its promise is lost.
  const answer = ({ elt, headers }: Asked, isSwapped: boolean, id?: string | null): void =>
    queueMicrotask(() => feeds.get(elt)?.answer(headers[resync], isSwapped, id))

  on(["afterRequest", "finally:request"], ({ ctx, requestConfig, successful, xhr }) => {
    if (ctx)
      answer(
        { elt: ctx.sourceElement, headers: ctx.request.headers },
        ctx.status === "swapped",
        ctx.response?.headers.get(lastId),
      )
    // A swap may be delayed.
    else if (!successful || xhr.status === 204) answer(requestConfig, false)
  })
  // htmx 4 has one event for both.
  on(["afterSwap", ""], ({ requestConfig, xhr }) => {
    if (requestConfig?.headers[resync]) answer(requestConfig, true, xhr.getResponseHeader(lastId))
  })
}
