/** Defaults of the extension on htmx 1.9 and 2, in addition to those of `core/defaults.ts` and `htmx/Settings.ts`. */
import type * as Settings from "../Settings.ts"

/** The settings that differ between versions of htmx, on 1.9 and 2. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 1000,
  reconnectMaxDelay: 64_000,
  reconnectJitter: "full",
  pauseOnBackground: false,
}
