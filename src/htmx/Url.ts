/** What a URL in an attribute means. */
import type { DialError } from "../core/Socket.ts"
import * as Core from "../core/webSocketUrl.ts"
import { toDialError } from "./events.ts"

/** What the meaning of a URL depends on. */
export interface Place extends Core.Place {
  /** Whether the page makes its sockets itself, and may have schemes and names of its own. */
  readonly isOwn: boolean
}

/** The place of this page. */
export const here = (isOwn: boolean): Place => ({
  // `document.baseURI` may be an `<img name=baseURI>` of the page.
  base: new Text().baseURI,
  page: location.href,
  isOwn,
})

/**
 * Returns the URL to dial for `value`: an absolute one with `ws:` or `wss:`, or one that only a page that makes its
 * sockets itself can read; `undefined` if it is none.
 */
export const resolve = (value: string, place: Place): string | undefined => {
  // A listener may have put a `URL` there.
  const text = `${value}`.trim()
  return place.isOwn && /^([^/.?#:]+$|(?!https?:|wss?:)[a-z][-+.\w]*:)/i.test(text)
    ? text
    : Core.webSocketUrl(text, place)
}

/** Returns why `url`, to which `written` was resolved, is not dialled; `undefined` if it may be. */
export const problem = (
  written: string,
  url: string | undefined,
  selfOnly: boolean,
): DialError | undefined => {
  if (url === undefined)
    return toDialError(`"${written}" cannot be dialled: expected a path, or a ws, wss, http or https URL`)
  // A frame with `srcdoc` has the origin of its page, but a location of no host.
  const host = location.host || origin.split("//")[1]
  return selfOnly && new URL(url, location.href).host !== host
    ? toDialError(`${url} cannot be dialled: selfOnly allows only ${host}`)
    : undefined
}
