/** How a page and its server speak on each htmx. Every contestant on one htmx is given the same pages and the same frames. */

export type Generation = "2" | "4"

export interface Dialect {
  readonly htmx: string
  readonly connect: (url: string) => string
  readonly send: string
  /** An element of a page that sends what it is named by, when `htmx.trigger` gives it the event `send`. */
  readonly replace: (id: string, html: string) => string
  readonly append: (id: string, html: string) => string
  /** One frame that replaces many elements, each a `<b>`. */
  readonly replaceAll: (parts: ReadonlyArray<readonly [id: string, text: string]>) => string
}

export const dialects: Record<Generation, Dialect> = {
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
