/** The extension for htmx 1.9 and 2. */

import { makeReport } from "../notices.ts"
import type { WsConfig } from "../WsConfig.ts"
import { ownSelector } from "./attributes.ts"
import type { Extension2, Htmx2 } from "./HtmxApi.ts"
import { type Hooks, makeHooks } from "./hooks.ts"

export type { StateName } from "../Status.ts"
export type { WsConfig, WsDelay, WsDuration } from "../WsConfig.ts"
export type { SendConfig } from "./collect.ts"
export { defaults } from "./defaults.ts"
export type { Message, Sendable, SocketWrapper } from "./SocketWrapper.ts"
export type { OfConnection, WsEvent, WsEvents } from "./WsEvents.ts"

/**
 * Registers the extension under the name `ws`, as the script does, and adds `settings` to `htmx.config.ws`. On other
 * versions of htmx, it only reports that on the console.
 *
 * **Example**
 *
 * ```ts
 * import htmx from "htmx.org"
 * import { register } from "htmx-ext-effect-ws/htmx2"
 *
 * register(htmx, { heartbeat: "30s" })
 * ```
 */
export const register = (htmx: Htmx2, settings?: WsConfig): void => {
  const { version } = htmx
  if (!/^(1\.9|2)\./.test(version)) {
    makeReport("ws")(`this script is for htmx 1.9 and 2, not ${version}`)
    return
  }
  if (settings !== undefined) htmx.config.ws = { ...(htmx.config.ws as WsConfig | undefined), ...settings }
  htmx.defineExtension("ws", extension(htmx))
}

/**
 * Returns the extension as a value, for `htmx.defineExtension`: one for each htmx, also if the script is loaded again, so
 * that the connections of the page stay as they are.
 *
 * **Example**
 *
 * ```ts
 * import htmx from "htmx.org"
 * import { extension } from "htmx-ext-effect-ws/htmx2"
 *
 * htmx.defineExtension("live", extension(htmx))
 * ```
 */
export const extension = (htmx: Htmx2): Extension2 => {
  const page: Htmx2 & { [extensionKey]?: Extension2 } = htmx
  page[extensionKey] ??= makeExtension(htmx)
  return page[extensionKey]
}

/** Shared with other copies of this script. */
const extensionKey = Symbol.for("htmx-ext-effect-ws")

const makeExtension = (htmx: Htmx2): Extension2 => {
  let hooks: Hooks
  // One list for all calls: htmx calls this for each element that it processes.
  const selectors = [ownSelector(htmx.version)]
  const extension: Extension2 = {
    init(api) {
      hooks ??= makeHooks(htmx, api, extension)
    },
    getSelectors: () => selectors,
    onEvent: (name, event) => hooks.onEvent(name, event),
  }
  return extension
}
