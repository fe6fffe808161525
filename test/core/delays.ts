/** Backoffs of policies, and the delays that they give. */
import * as Effect from "effect/Effect"
import * as Backoff from "../../src/core/Backoff.ts"
import { abandoned } from "../../src/core/dial.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"

/** The end of every attempt. */
export const closed = abandoned("test")

export const unlimited = (policy: Reconnect.Policy) =>
  Backoff.make({ reconnectPolicy: policy, reconnectMaxAttempts: Number.POSITIVE_INFINITY }, () => true)

/** The first delays of a policy. */
export const delays = (policy: Reconnect.Policy, count: number) => {
  const backoff = unlimited(policy)
  return Effect.forEach(Array.from({ length: count }), () =>
    Effect.map(backoff.next(closed), (delay) => delay ?? Number.NaN),
  )
}

export const exponential = (options: Partial<Parameters<typeof Reconnect.exponential>[0]> = {}) =>
  Reconnect.exponential({ base: 1000, factor: 2, max: 64_000, jitter: 0, ...options })
