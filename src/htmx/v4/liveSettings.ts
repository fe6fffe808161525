import type * as Connection from "../../core/Connection.ts"
import * as Reconnect from "../../core/Reconnect.ts"

/** Settings that are looked up whenever they are needed: a page may change them. */
export const live = (current: () => Connection.Settings): Connection.Settings =>
  new Proxy({} as Connection.Settings, {
    get: (_, key) =>
      key === "reconnectPolicy"
        ? Reconnect.suspend(() => current().reconnectPolicy)
        : Reflect.get(current(), key),
  })
