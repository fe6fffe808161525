/**
 * Matches the `ws:` or `wss:` URL that an absolute URL is dialled by: its scheme, and the rest without a fragment.
 * Matches nothing if the scheme is another than `ws`, `wss`, `http` and `https`.
 *
 * Norm: WHATWG WebSockets, "get a URL record".
 */
export const webSocketUrl = (href: string): RegExpExecArray | null =>
  /^(wss?)(:[^#]*)/.exec(href.replace(/^http/, "ws"))
