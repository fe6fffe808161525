/** Resolves a URL of an attribute or a program to the one to dial. */

/** What a relative URL is resolved against. */
export interface Place {
  /** The base of relative URLs: that of the document, or the URL of the worker; `undefined` if there is neither. */
  readonly base: string | undefined
  /** The URL of the page. A path that begins with `/` belongs to its host, also under a `<base>` of another host. */
  readonly page: string | undefined
}

declare const URL: new (url: string, base?: string) => { readonly host: string; readonly href: string }

/** `ws:/path` and `wss:/path`: this page's host, with that scheme. */
const prefixForm = /^(wss?):(?=\/(?!\/))/i

/**
 * Returns the absolute `ws:` or `wss:` URL to dial for `text`; `undefined` if it cannot be dialled. A path, and a URL with
 * `ws:` or `wss:` and a host, stay as they are written, without the fragment.
 *
 * Norm: WHATWG WebSockets, "get a URL record"; the prefix form is htmx's own.
 */
export const webSocketUrl = (text: string, { base, page }: Place): string | undefined => {
  const [prefix = "", prefixScheme] = prefixForm.exec(text) ?? []
  const location = text.slice(prefix.length)
  try {
    const isPath = /^\/(?![/\\])/.test(location) && /^https?:/.test(page as string)
    const { host, href } = new URL(location, isPath ? page : base)
    const [, scheme, rest] = /^(wss?)(:[^#]*)/.exec(href.replace(/^http/, "ws")) ?? []
    if (scheme === undefined) return undefined
    // The default port changes with the scheme.
    if (prefixScheme !== undefined) return new URL(prefixScheme + rest).href
    const written = text.replace(/#.*/s, "")
    return /^wss?:/i.test(text) ? written : scheme + (isPath ? `://${host}${written}` : rest)
  } catch {
    return undefined
  }
}
