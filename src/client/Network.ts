/** Whether there is a network. */
import * as Context from "effect/Context"

/** What a client asks the platform about the network. */
export interface Network {
  /** Retries while it returns `false` do not count towards `reconnectMaxAttempts`. */
  readonly isOnline: () => boolean
  /** Calls `listener` whenever the network is back. Returns a function that stops that. */
  readonly onOnline: (listener: () => void) => () => void
}

interface Platform {
  readonly navigator?: { readonly onLine?: boolean }
  addEventListener?(type: "online", listener: () => void): void
  removeEventListener?(type: "online", listener: () => void): void
}

const platform = globalThis as Platform

/**
 * The service that knows the network. The default reads `navigator.onLine` and listens to `online`; on platforms without
 * them there always is a network.
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
