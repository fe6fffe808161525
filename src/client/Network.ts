/** What the platform says of the network. */
import * as Context from "effect/Context"

export interface Network {
  readonly isOnline: () => boolean
  /** Calls `listener` whenever the network has come back; answers how to stop that. */
  readonly onOnline: (listener: () => void) => () => void
}

interface Platform {
  readonly navigator?: { readonly onLine?: boolean }
  addEventListener?(type: "online", listener: () => void): void
  removeEventListener?(type: "online", listener: () => void): void
}

const platform = globalThis as Platform

/**
 * Browsers and their workers tell by `navigator.onLine` and the `online` event; elsewhere there always is a network.
 *
 * Norm: HTML, `navigator.onLine`.
 */
export const Network: Context.Reference<Network> = Context.Reference("htmx-ext-effect-ws/Network", {
  defaultValue: () => ({
    isOnline: () => platform.navigator?.onLine !== false,
    onOnline: (listener) => {
      platform.addEventListener?.("online", listener)
      return () => platform.removeEventListener?.("online", listener)
    },
  }),
})
