/** What a URL in an attribute means. */
import type { DialError } from "../core/Socket.ts"
import { webSocketUrl } from "../core/webSocketUrl.ts"
import { toDialError } from "./events.ts"

/** What the meaning of a URL depends on. */
export interface Place {
  /** The base of relative URLs: that of the document. */
  readonly base: string
  /** The URL of the page: a path that begins with `/` is one of its host, also under a `<base>` of another. */
  readonly page: string
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

/** `ws:/path` and `wss:/path`: this page's host, with that scheme. */
const prefixForm = /^(wss?):(?=\/(?!\/))/i

/**
 * Returns the URL to dial for `value`: an absolute one with `ws:` or `wss:`, or one that only a page that makes its
 * sockets itself can read; `undefined` if it is none. A path, and a URL with `ws:` or `wss:` and a host, stay as they are
 * written, without the fragment.
 *
 * Norm: WHATWG WebSockets, "obtain a WebSocket URL"; the prefix form is htmx's own.
 */
export const resolve = (value: string, { base, isOwn, page }: Place): string | undefined => {
  const text = value.trim()
  if (isOwn && /^([^/.?#:]+$|(?!https?:|wss?:)[a-z][-+.\w]*:)/i.test(text)) return text
  const [prefix = "", prefixScheme] = prefixForm.exec(text) ?? []
  const location = text.slice(prefix.length)
  try {
    const isPath = /^\/(?![/\\])/.test(location) && /^https?:/.test(page)
    const { host, href } = new URL(location, isPath ? page : base)
    const [, scheme, rest] = webSocketUrl(href) ?? []
    if (scheme === undefined) return undefined
    // The default port changes with the scheme.
    if (prefixScheme !== undefined) return new URL(prefixScheme + rest).href
    const written = text.replace(/#.*/s, "")
    return /^wss?:/i.test(text) ? written : scheme + (isPath ? `://${host}${written}` : rest)
  } catch {
    return undefined
  }
}

/** Returns why `url`, to which `written` was resolved, is not dialled; `undefined` if it may be. */
export const problem = (
  written: string,
  url: string | undefined,
  selfOnly: boolean,
): DialError | undefined => {
  if (url === undefined)
    return toDialError(`"${written}" cannot be dialled: expected a path, or a ws, wss, http or https URL`)
  const { host } = location
  return selfOnly && new URL(url, location.href).host !== host
    ? toDialError(`${url} cannot be dialled: selfOnly allows only ${host}`)
    : undefined
}
