/** Whether there is a network. */
import * as Context from "effect/Context"

/** What a client needs to know about the network. */
export interface Network {
  /** Returns whether there is a network. Retries without one do not count towards `reconnectMaxAttempts`. */
  readonly isOnline: () => boolean
  /** Calls `listener` whenever the network is back. Returns a function that removes it. */
  readonly onOnline: (listener: () => void) => () => void
}

interface Platform {
  readonly navigator?: { readonly onLine?: boolean }
  addEventListener?(type: "online", listener: () => void): void
  removeEventListener?(type: "online", listener: () => void): void
}

const platform = globalThis as Platform

/**
 * The service that observes the network. The default reads `navigator.onLine` and listens to `online`; on platforms
 * without them there always is a network.
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
