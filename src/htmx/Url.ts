/** What a URL in an attribute means. */

/** `ws:/path` and `wss:/path`: this page's host, with that scheme. */
const prefixForm = /^(wss?):(?=\/(?!\/))/i

/**
 * The absolute `ws:` or `wss:` URL that `value` means on a page with this base; `undefined` where it means none.
 *
 * Norm: WHATWG WebSockets, "obtain a WebSocket URL"; the prefix form is htmx's own.
 */
export const resolve = (value: string, base: string): string | undefined => {
  const text = value.trim()
  const prefix = prefixForm.exec(text)
  try {
    const { href } = new URL(prefix === null ? text : text.slice(prefix[0].length), base)
    const [, scheme, secure = "", rest = ""] = /^(ws|http)(s?)(:[^#]*)/.exec(href) ?? []
    if (scheme === undefined) return undefined
    // The port that goes without saying is another one where the prefix changes the scheme.
    return prefix === null ? `ws${secure}${rest}` : new URL(prefix[1] + rest).href
  } catch {
    return undefined
  }
}
