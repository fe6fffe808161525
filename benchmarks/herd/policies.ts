/** The policies that are compared: the defaults of both scripts, and settings of pages. */
import * as Reconnect from "../../src/core/Reconnect.ts"
import * as Settings from "../../src/htmx/Settings.ts"
import { defaults as defaults2 } from "../../src/htmx/v2/extension.ts"
import { defaults as defaults4 } from "../../src/htmx/v4/extension.ts"
import type { WsConfig } from "../../src/htmx/WsConfig.ts"

export interface Compared {
  readonly name: string
  readonly policy: Reconnect.Policy
}

/** Returns the connection settings that follow from the attributes of a page. */
export const connectionOf = (config: WsConfig = {}, defaults: Settings.Defaults = defaults2) =>
  Settings.resolve([{ name: "benchmarks/herd", value: config }], defaults, (sentence) => {
    throw new Error(sentence)
  })

export const policies: ReadonlyArray<Compared> = [
  { name: "full jitter, 1 s to 64 s (htmx 1, 2)", policy: connectionOf().reconnectPolicy },
  { name: "±30 %, 0.5 s to 60 s (htmx 4)", policy: connectionOf({}, defaults4).reconnectPolicy },
  { name: "no jitter, 1 s to 64 s", policy: connectionOf({ reconnectJitter: 0 }).reconnectPolicy },
  { name: "constant, 5 s", policy: Reconnect.constant(5000) },
  {
    name: "function, 1 s × retryCount",
    policy: connectionOf({ reconnectDelay: (retryCount) => 1000 * retryCount }).reconnectPolicy,
  },
  {
    name: "full jitter, 1 s to 30 s",
    policy: connectionOf({ reconnectMaxDelay: "30s" }).reconnectPolicy,
  },
  {
    name: "full jitter, 5 s to 30 s",
    policy: connectionOf({ reconnectDelay: "5s", reconnectMaxDelay: "30s" }).reconnectPolicy,
  },
]
