/** What becomes of a message: its state, and what may happen in it. */

/** Ends an attempt to send: `written`, or why not. */
export type Settle = (ending: string) => void

type Timer = ReturnType<typeof setTimeout>

/**
 * `queued` waits to be written: `settle` ends the attempt, and the timer lets it go by request. `sent` was written: the
 * timer ends the wait for an acknowledgement. `acked` was acknowledged, `failed` has not been done for certain. `unknown`
 * was written, and then the connection closed, or no acknowledgement came in time: it may have been done.
 */
export type State =
  | { readonly name: "queued"; settle?: Settle | undefined; timer?: Timer | undefined }
  | { readonly name: "sent"; settle?: undefined; timer?: Timer | undefined }
  | { readonly name: "acked" | "failed" | "unknown"; settle?: undefined; timer?: undefined }

export type StateName = State["name"]

/**
 * `write`: it was written; `drop`: it will not be; `ack` and `nack`: the server says; `lose`: nobody can say any more;
 * `retry`: the user wants it sent again.
 */
export type Happening = "write" | "drop" | "ack" | "nack" | "lose" | "retry"

const transitions: Readonly<Record<StateName, { readonly [happening in Happening]?: StateName }>> = {
  // One that is retried may still be acknowledged from before.
  queued: { write: "sent", drop: "failed", ack: "acked", nack: "failed" },
  sent: { ack: "acked", nack: "failed", lose: "unknown" },
  unknown: { ack: "acked", nack: "failed", retry: "queued" },
  failed: { retry: "queued" },
  acked: {},
}

/** The next state, or `undefined` if what happens means nothing in this one. */
export const next = (state: StateName, happening: Happening): StateName | undefined =>
  transitions[state][happening]
