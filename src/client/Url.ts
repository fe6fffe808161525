/** URLs as programs write them. */
import * as Effect from "effect/Effect"
import { webSocketUrl } from "../core/webSocketUrl.ts"
import { InvalidUrl } from "./Errors.ts"

/** A `URL`, as far as it needs to be known. */
export interface UrlLike {
  readonly href: string
}

declare const URL: new (url: string, base?: string) => { readonly href: string }
/** In browsers and their workers. */
declare const location: { readonly href: string } | undefined

/** The `ws:` or `wss:` URL to dial: relative to the page or the worker, if there is one. */
export const resolve = (url: string | UrlLike): Effect.Effect<string, InvalidUrl> =>
  Effect.suspend(() => {
    const given = typeof url === "string" ? url : url.href
    let href: string
    try {
      href = new URL(given, typeof location === "undefined" ? undefined : location.href).href
    } catch {
      return Effect.fail(invalid(given, "an absolute URL, or one relative to a page, was expected"))
    }
    const [, scheme, rest] = webSocketUrl(href) ?? []
    return scheme === undefined
      ? Effect.fail(invalid(given, "the scheme must be ws, wss, http or https"))
      : Effect.succeed(scheme + rest)
  })

const invalid = (url: string, expected: string): InvalidUrl =>
  new InvalidUrl({ message: `${JSON.stringify(url)} cannot be dialled: ${expected}`, url })
