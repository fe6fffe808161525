/** Defaults that the extension and the typed client share. Durations are milliseconds. */
import { defaultCodes } from "./Reconnect.ts"

export const defaults = {
  reconnect: true,
  reconnectCodes: new Set(defaultCodes),
  reconnectMaxAttempts: Infinity,
  reconnectStableAfter: 5000,
  connectTimeout: 15_000,
  closeTimeout: 2000,
  heartbeat: false,
  heartbeatMessage: '{"type":"ping"}',
  heartbeatTimeout: 10_000,
  queueCapacity: 1000,
  queueOverflow: "reject",
} as const
