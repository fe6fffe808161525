/** How a page and its server speak on each htmx. Every contestant on one htmx is given the same pages and the same frames. */

export type HtmxVersion = "2" | "4"

export interface Dialect {
  /** The path of htmx on the test server. */
  readonly htmx: string
  /** The attribute of an element with a connection. */
  readonly connect: (url: string) => string
  /** The attribute of an element that sends. */
  readonly send: string
  /** A frame that puts `html`, which bears the id, in the place of that element. */
  readonly replace: (id: string, html: string) => string
  /** A frame that puts `html` at the end of that element. */
  readonly append: (id: string, html: string) => string
  /** One frame that replaces many elements, each a `<b>`. */
  readonly replaceAll: (parts: ReadonlyArray<readonly [id: string, text: string]>) => string
}

export const dialects: Record<HtmxVersion, Dialect> = {
  "2": {
    htmx: "/htmx-2.js",
    connect: (url) => `ws-connect="${url}"`,
    send: "ws-send",
    replace: (_id, html) => html,
    append: (id, html) => `<div id="${id}" hx-swap-oob="beforeend">${html}</div>`,
    replaceAll: (parts) => parts.map(([id, text]) => `<b id="${id}">${text}</b>`).join(""),
  },
  // What `hx-ws.js` documents: JSON that says where its content goes, and HTML for more than one place.
  "4": {
    htmx: "/htmx-4.js",
    connect: (url) => `hx-ws:connect="${url}"`,
    send: "hx-ws:send",
    replace: (id, content) => JSON.stringify({ content, target: `#${id}`, swap: "outerHTML" }),
    append: (id, content) => JSON.stringify({ content, target: `#${id}`, swap: "beforeend" }),
    replaceAll: (parts) => parts.map(([id, text]) => `<b id="${id}" hx-swap-oob="true">${text}</b>`).join(""),
  },
}
