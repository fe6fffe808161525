import { fileURLToPath } from "node:url"

const root = new URL("../../", import.meta.url)
const inModules = (path: string) => fileURLToPath(new URL(`node_modules/${path}`, root))

/** Third-party scripts, by their path on the test server. */
const scripts: Record<string, string> = {
  "/htmx-1.9.js": inModules("htmx-1.9/dist/htmx.js"),
  "/htmx-2.js": inModules("htmx-2/dist/htmx.js"),
  "/htmx-4.js": inModules("htmx-4/dist/htmx.js"),
  "/official-ws-1.9.js": inModules("htmx-1.9/dist/ext/ws.js"),
  "/official-ws.js": inModules("htmx-ext-ws/ws.js"),
  "/official-hx-ws.js": inModules("htmx-4/dist/ext/hx-ws.js"),
  "/htmx-1.9.0.js": inModules("htmx-1.9.0/dist/htmx.js"),
  "/htmx-2.0.0.js": inModules("htmx-2.0.0/dist/htmx.js"),
  "/htmx-4.0.0.js": inModules("htmx-4.0.0/dist/htmx.js"),
  "/official-ws-1.9.0.js": inModules("htmx-1.9.0/dist/ext/ws.js"),
  "/official-hx-ws-4.0.0.js": inModules("htmx-4.0.0/dist/ext/hx-ws.js"),
  "/hx-history-cache.js": inModules("htmx-4/dist/ext/hx-history-cache.js"),
  "/idiomorph.js": inModules("idiomorph/dist/idiomorph-ext.js"),
}

/** Returns the file of a path: a known script, or anything under `dist/`. */
export const assetOf = (path: string): string | undefined => {
  const script = scripts[path]
  if (script) return script
  const file = new URL(`.${path}`, root)
  return file.href.startsWith(new URL("dist/", root).href) ? fileURLToPath(file) : undefined
}
