/** Defaults of the extension on htmx 1.9 and 2, besides those of `core/defaults.ts` and `htmx/Settings.ts`. */
import type * as Settings from "../Settings.ts"

/** The settings on htmx 1.9 and 2 where a page sets nothing else. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 1000,
  reconnectMaxDelay: 64_000,
  reconnectJitter: "full",
  pauseOnBackground: false,
}
