/** URLs to dial, as programs write them. */
import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"
import { webSocketUrl } from "../core/webSocketUrl.ts"
import { InvalidUrl } from "./Errors.ts"

/** A `URL`, reduced to what is read of it. */
export interface UrlLike {
  readonly href: string
}

declare const URL: new (url: string, base?: string) => { readonly href: string }
/** In browsers and their workers. */
declare const location: { readonly href: string } | undefined

/** Resolves a URL against the page or worker, if there is one. Fails with `InvalidUrl` if it is none of a WebSocket. */
export const resolve = (url: string | UrlLike): Effect.Effect<string, InvalidUrl> =>
  Effect.suspend(() => {
    // Programs without types may give anything.
    const given = typeof url === "string" ? url : inWords((url as UrlLike | undefined)?.href ?? url)
    let href: string
    try {
      href = new URL(given, typeof location === "undefined" ? undefined : location.href).href
    } catch {
      return Effect.fail(
        invalid(given, "is not a valid URL: expected an absolute one, or one relative to a page"),
      )
    }
    const [, scheme, rest] = webSocketUrl(href) ?? []
    return scheme === undefined
      ? Effect.fail(invalid(given, "is not a WebSocket URL: expected the scheme ws, wss, http or https"))
      : Effect.succeed(scheme + rest)
  })

const invalid = (url: string, why: string): InvalidUrl =>
  new InvalidUrl({ message: `${JSON.stringify(url)} ${why}`, url })
