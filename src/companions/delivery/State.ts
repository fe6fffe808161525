/** The states of a message, and the transitions between them. */

/** Ends an attempt to send, with `written` or the reason why not. */
export type Settle = (ending: string) => void

type Timer = ReturnType<typeof setTimeout>

/**
 * `queued`: waits to be written; `settle` ends the attempt, and the timer sends it by a request. `sent`: was written; the
 * timer ends the wait for an acknowledgement. `acked`: was acknowledged. `failed`: was certainly not handled. `unknown`: was
 * written, but the connection closed, or no acknowledgement arrived in time: it may have been handled.
 */
export type State =
  | { readonly name: "queued"; settle?: Settle | undefined; timer?: Timer | undefined }
  | { readonly name: "sent"; settle?: undefined; timer?: Timer | undefined }
  | { readonly name: "acked" | "failed" | "unknown"; settle?: undefined; timer?: undefined }

export type StateName = State["name"]

/**
 * `write`: it was written; `drop`: it will not be written; `ack` and `nack`: the server answers; `lose`: no answer is to be
 * expected; `retry`: the user sends it again.
 */
export type Happening = "write" | "drop" | "ack" | "nack" | "lose" | "retry"

const transitions: Readonly<Record<StateName, { readonly [happening in Happening]?: StateName }>> = {
  // A retried message may still be acknowledged for the attempt before.
  queued: { write: "sent", drop: "failed", ack: "acked", nack: "failed" },
  sent: { ack: "acked", nack: "failed", lose: "unknown" },
  unknown: { ack: "acked", nack: "failed", retry: "queued" },
  failed: { retry: "queued" },
  acked: {},
}

/** Returns the next state; `undefined` if there is no transition. */
export const next = (state: StateName, happening: Happening): StateName | undefined =>
  transitions[state][happening]
