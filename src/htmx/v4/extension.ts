/** The extension for htmx 4. */

import { makeReport } from "../notices.ts"
import type { WsConfig } from "../WsConfig.ts"
import type { Extension4, Htmx4 } from "./HtmxApi.ts"
import { type Hooks, makeHooks } from "./hooks.ts"

export type { StateName } from "../Status.ts"
export type { WsConfig, WsDelay, WsDuration } from "../WsConfig.ts"
export { defaults } from "./defaults.ts"
export type { Incoming, Outgoing, Queued, WsConnection } from "./WsConnection.ts"
export type { Asking, OfConnection, WsEvent, WsEvents } from "./WsEvents.ts"

/**
 * Registers the extension under the name `ws`, as the script does, and adds `settings` to `htmx.config.ws`. On other
 * versions of htmx, it only reports that on the console.
 *
 * **Example**
 *
 * ```ts
 * import htmx from "htmx.org"
 * import { register } from "htmx-ext-effect-ws/htmx4"
 *
 * register(htmx, { heartbeat: "30s" })
 * ```
 */
export const register = (htmx: Htmx4, settings?: WsConfig): void => {
  const { version } = htmx
  if (!version.startsWith("4.")) {
    makeReport("hx-ws")(`this script is for htmx 4, not ${version}`)
    return
  }
  // The page may have a reference to the object.
  htmx.config.ws = Object.assign(htmx.config.ws ?? {}, settings)
  htmx.registerExtension("ws", extension(htmx))
}

/**
 * Returns the extension as a value, for `htmx.registerExtension`.
 *
 * **Example**
 *
 * ```ts
 * import htmx from "htmx.org"
 * import { extension } from "htmx-ext-effect-ws/htmx4"
 *
 * htmx.registerExtension("live", extension(htmx))
 * ```
 */
export const extension = (htmx: Htmx4): Extension4 => {
  let hooks: Hooks
  return {
    init(api) {
      htmx.config.ws ??= {}
      hooks = makeHooks(htmx, api)
    },
    htmx_after_process: (root) => hooks.htmx_after_process(root),
    htmx_before_cleanup: (element) => hooks.htmx_before_cleanup(element),
    htmx_before_morph_attr: (element, detail) => hooks.htmx_before_morph_attr(element, detail),
    htmx_before_morph_node: () => hooks.htmx_before_morph_node(),
  }
}
