/** Resolves a URL of an attribute or a listener to the one to dial. */
import type { DialError } from "../core/Socket.ts"
import * as Core from "../core/webSocketUrl.ts"
import { toDialError } from "./events.ts"

/** What a URL is resolved against. */
export interface Place extends Core.Place {
  /** Whether the page makes its sockets itself, and may have schemes and names of its own. */
  readonly isOwn: boolean
}

/** Returns what URLs of this page are resolved against. */
export const here = (isOwn: boolean): Place => ({
  // `document.baseURI` may be an `<img name=baseURI>` of the page.
  base: new Text().baseURI,
  page: location.href,
  isOwn,
})

/**
 * Returns the URL to dial for `value`: an absolute one with `ws:` or `wss:`, or one as it is written, which only a page
 * that makes its sockets itself can dial; `undefined` if it cannot be dialled.
 */
export const resolve = (value: string, place: Place): string | undefined => {
  // A listener may have set a `URL`.
  const text = `${value}`.trim()
  return place.isOwn && /^([^/.?#:]+$|(?!https?:|wss?:)[a-z][-+.\w]*:)/i.test(text)
    ? text
    : Core.webSocketUrl(text, place)
}

/** Returns why `url`, to which `written` was resolved, must not be dialled; `undefined` if it may be. */
export const problem = (
  written: string,
  url: string | undefined,
  selfOnly: boolean,
): DialError | undefined => {
  if (url === undefined)
    return toDialError(`"${written}" cannot be dialled: expected a path, or a ws, wss, http or https URL`)
  // The location of a frame with `srcdoc` has no host, but its origin is that of its page.
  const host = location.host || origin.split("//")[1]
  return selfOnly && new URL(url, location.href).host !== host
    ? toDialError(`${url} cannot be dialled: selfOnly allows only ${host}`)
    : undefined
}
