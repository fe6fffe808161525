/** Resolves the URLs that programs give. */
import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"
import { type Place, webSocketUrl } from "../core/webSocketUrl.ts"
import { InvalidUrl } from "./Errors.ts"

/** A `URL`, reduced to what is read of it. */
export interface UrlLike {
  readonly href: string
}

declare const URL: new (url: string, base?: string) => unknown

/** Members of the global object in pages and their workers. */
const platform = globalThis as {
  readonly location?: { readonly href: string }
  readonly Text?: new () => { readonly baseURI: string }
}

/** Returns what URLs are resolved against. `document.baseURI` may be an `<img name=baseURI>`. */
const here = (): Place => {
  const page = platform.location?.href
  return { base: platform.Text === undefined ? page : new platform.Text().baseURI, page }
}

/** Resolves a URL against the page or worker, if there is one. Fails with `InvalidUrl` if it is not that of a WebSocket. */
export const resolve = (url: string | UrlLike): Effect.Effect<string, InvalidUrl> =>
  Effect.suspend(() => {
    // Programs without types may give anything.
    const given = typeof url === "string" ? url : inWords((url as UrlLike | undefined)?.href ?? url)
    const place = here()
    const found = webSocketUrl(given.trim(), place)
    if (found !== undefined) return Effect.succeed(found)
    return Effect.fail(
      invalid(
        given,
        isUrl(given, place.base)
          ? "is not a WebSocket URL: expected the scheme ws, wss, http or https"
          : "is not a valid URL: expected an absolute one, or one relative to a page",
      ),
    )
  })

const isUrl = (text: string, base: string | undefined): boolean => {
  try {
    return new URL(text, base) !== undefined
  } catch {
    return false
  }
}

const invalid = (url: string, why: string): InvalidUrl =>
  new InvalidUrl({ message: `${JSON.stringify(url)} ${why}`, url })
