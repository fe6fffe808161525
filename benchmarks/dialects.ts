/** The markup and the frames for each htmx. All contestants on one htmx get the same pages and the same frames. */

export type HtmxVersion = "2" | "4"

export interface Dialect {
  /** The path of htmx on the test server. */
  readonly htmx: string
  /** The attribute that makes an element connect. */
  readonly connect: (url: string) => string
  /** The attribute that makes an element send. */
  readonly send: string
  /** A frame that replaces the element with that id by `html`, which has the same id. */
  readonly replace: (id: string, html: string) => string
  /** A frame that appends `html` to the element with that id. */
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
  // As `hx-ws.js` documents: JSON with a target, and HTML if there is more than one target.
  "4": {
    htmx: "/htmx-4.js",
    connect: (url) => `hx-ws:connect="${url}"`,
    send: "hx-ws:send",
    replace: (id, content) => JSON.stringify({ content, target: `#${id}`, swap: "outerHTML" }),
    append: (id, content) => JSON.stringify({ content, target: `#${id}`, swap: "beforeend" }),
    replaceAll: (parts) => parts.map(([id, text]) => `<b id="${id}" hx-swap-oob="true">${text}</b>`).join(""),
  },
}
