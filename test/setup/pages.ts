import { inspectorTag } from "./inspected.ts"

/** The generations of htmx, with the scripts that each needs, by their paths on the test server. */
export const generations = {
  "1.9": {
    htmx: "/htmx-1.9.js",
    official: "/official-ws-1.9.js",
    ours: "/dist/ws.js",
    min: "/dist/ws.min.js",
  },
  "2": { htmx: "/htmx-2.js", official: "/official-ws.js", ours: "/dist/ws.js", min: "/dist/ws.min.js" },
  "4": {
    htmx: "/htmx-4.js",
    official: "/official-hx-ws.js",
    ours: "/dist/hx-ws.js",
    min: "/dist/hx-ws.min.js",
  },
} as const

export type HtmxVersion = keyof typeof generations
export type Extension = "official" | "ours" | "min"

export interface PageOptions {
  readonly htmx: HtmxVersion
  /** The WebSocket extension that is loaded after htmx. */
  readonly ws: Extension
  /** `htmx.config`. htmx 4 reads it when its script runs. */
  readonly config?: object | undefined
  /** Additional HTML for the head, after the scripts. */
  readonly head?: string
  readonly body: string
}

/** Returns a page as an author would write it: htmx, the extension, and `hx-ext="ws"` on the body. */
export const html = ({ htmx, ws, config, head = "", body }: PageOptions) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>test</title>
<link rel="icon" href="data:,">
${config === undefined ? "" : `<meta name="htmx-config" content='${JSON.stringify(config)}'>`}
<script src="${generations[htmx].htmx}"></script>
<script src="${generations[htmx][ws]}"></script>${ws === "official" ? "" : inspectorTag(head)}
${head}
</head>
<body hx-ext="ws">
${body}
</body>
</html>`
