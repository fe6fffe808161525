/** Defaults of the extension on htmx 4, in addition to those of `core/defaults.ts` and `htmx/Settings.ts`. */
import * as Reconnect from "../../core/Reconnect.ts"
import type * as Settings from "../Settings.ts"

/** The settings that differ between versions of htmx, on 4. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 500,
  reconnectMaxDelay: 60_000,
  reconnectJitter: 0.3,
  pauseOnBackground: 0,
  queueCapacity: 100,
}

/** The defaults in `connection.config`, as they would be written. */
export const written = {
  reconnect: true,
  reconnectCodes: Reconnect.defaultCodes,
  reconnectDelay: defaults.reconnectDelay,
  reconnectMaxDelay: defaults.reconnectMaxDelay,
  reconnectMaxAttempts: Infinity,
  reconnectJitter: defaults.reconnectJitter,
  pauseOnBackground: true,
  maxOutgoingMessagesQueueSize: defaults.queueCapacity,
}
