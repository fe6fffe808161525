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
    const url = new URL(prefix === null ? text : text.slice(prefix[0].length), base)
    url.hash = ""
    if (!/^(ws|http)s?:$/.test(url.protocol)) return undefined
    const scheme = (prefix?.[1]?.toLowerCase() ?? url.protocol.slice(0, -1)).replace("http", "ws")
    // The setter of `protocol` does not turn `http:` into `ws:` in every engine.
    return new URL(url.href.replace(/^[a-z]+/, scheme)).href
  } catch {
    return undefined
  }
}
