/** URLs as programs write them. */
import * as Effect from "effect/Effect"
import { InvalidUrl } from "./Errors.ts"

/** A `URL`, as far as it needs to be known. */
export interface UrlLike {
  readonly href: string
}

declare const URL: new (
  url: string,
  base?: string,
) => { protocol: string; hash: string; readonly href: string }
/** In browsers and their workers. */
declare const location: { readonly href: string } | undefined

/**
 * The `ws:` or `wss:` URL to dial: relative to the page or the worker, where there is one; `http:` and `https:` become
 * `ws:` and `wss:`; the fragment is dropped.
 *
 * Norm: WHATWG WebSockets, "get a URL record".
 */
export const resolve = (url: string | UrlLike): Effect.Effect<string, InvalidUrl> => {
  const given = typeof url === "string" ? url : url.href
  return Effect.try({
    try: () => {
      const resolved = new URL(given, typeof location === "undefined" ? undefined : location.href)
      resolved.protocol = resolved.protocol.replace(/^http/, "ws")
      resolved.hash = ""
      return resolved
    },
    catch: () => invalid(given, "an absolute URL, or one relative to a page, was expected"),
  }).pipe(
    Effect.flatMap(({ href, protocol }) =>
      /^wss?:$/.test(protocol)
        ? Effect.succeed(href)
        : Effect.fail(invalid(given, "the scheme must be ws, wss, http or https")),
    ),
  )
}

const invalid = (url: string, expected: string): InvalidUrl =>
  new InvalidUrl({ message: `${JSON.stringify(url)} cannot be dialled: ${expected}`, url })
