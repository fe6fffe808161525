import type * as Connection from "../../core/Connection.ts"

/** Settings that are looked up whenever they are needed: a page may change them. */
export const liveSettings = (current: () => Connection.Settings): Connection.Settings =>
  new Proxy({} as Connection.Settings, { get: (_, key) => Reflect.get(current(), key) })
