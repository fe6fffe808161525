/** What becomes of a message, as a state and what may happen in it. */

/**
 * `queued` waits to be written, `sent` was written, `acked` was acknowledged, `failed` has not been done for certain.
 * `unknown` was written, and then the connection closed, or no acknowledgement came in time: it may have been done.
 */
export type State = "queued" | "sent" | "acked" | "failed" | "unknown"

/**
 * `write`: it was written; `drop`: it will not be; `ack` and `nack`: the server says; `lose`: nobody can say any more;
 * `retry`: the user wants it sent again.
 */
export type Happening = "write" | "drop" | "ack" | "nack" | "lose" | "retry"

const transitions: Readonly<Record<State, { readonly [happening in Happening]?: State }>> = {
  // One that is retried may still be acknowledged from before.
  queued: { write: "sent", drop: "failed", ack: "acked", nack: "failed" },
  sent: { ack: "acked", nack: "failed", lose: "unknown" },
  unknown: { ack: "acked", nack: "failed", retry: "queued" },
  failed: { retry: "queued" },
  acked: {},
}

/** The next state, or `undefined` if what happens means nothing in this one. */
export const next = (state: State, happening: Happening): State | undefined => transitions[state][happening]
