/** The settings as people write them: in `htmx.config.ws`, in `ws-config`, and in `register`. Types only. */
import type * as Duration from "effect/Duration"
import type { Payload } from "../core/Payload.ts"
import type { Policy } from "../core/Reconnect.ts"

/** Milliseconds, `"500ms"`, `"5s"`, `"2m"`, or Effect's spelling (`"5 seconds"`, a `Duration`). */
export type WsDuration = number | `${number}${"ms" | "s" | "m" | "h"}` | Duration.Input

/** A delay before each retry: see `WsConfig.reconnectDelay`. */
export type WsDelay = WsDuration | "full-jitter" | ((retryCount: number) => number) | Policy

/**
 * Each may be given for the page and for an element; the nearest wins. What cannot be read is told once on the
 * console, and the setting keeps its default.
 */
export interface WsConfig {
  /** Whether to dial again after a close at all. */
  readonly reconnect?: boolean
  /** The close codes that are retried; all others are final. */
  readonly reconnectCodes?: ReadonlyArray<number>
  /**
   * The first bound of the exponential backoff; or a function of the number of retries so far that answers
   * milliseconds; or an Effect `Schedule`; or `"full-jitter"`: 1 s, doubling to 64 s, full jitter.
   */
  readonly reconnectDelay?: WsDelay
  /** By how much the bound grows from retry to retry. */
  readonly reconnectFactor?: number
  /** Where the bound stops growing. */
  readonly reconnectMaxDelay?: WsDuration
  /** `"full"`: the delay is uniform in [0, bound). A number j: the delay is bound × (1 ± j). */
  readonly reconnectJitter?: "full" | number
  /** Retries since the backoff last started over; then the connection has failed. */
  readonly reconnectMaxAttempts?: number
  /** The backoff starts over when a connection has been open this long, or a frame has come. */
  readonly reconnectStableAfter?: WsDuration
  /** A handshake that is not answered in this time is a failed attempt. */
  readonly connectTimeout?: WsDuration
  /** A socket whose closing handshake takes longer is abandoned. */
  readonly closeTimeout?: WsDuration
  /** After so long without a frame, send `heartbeatMessage`; `false` for never. */
  readonly heartbeat?: false | WsDuration
  /** What to send; an object is sent as JSON. */
  readonly heartbeatMessage?: Payload | object
  /** How long the peer may take to answer a heartbeat, with any frame, before its socket is given up. */
  readonly heartbeatTimeout?: WsDuration
  /** Close while the page is hidden, at once (`true`) or after a duration; dial again when it is shown. */
  readonly pauseOnBackground?: boolean | WsDuration
  /** How many messages may wait. */
  readonly queueCapacity?: number
  /** Who loses when there is no room: the newcomer, or the one that has waited longest. */
  readonly queueOverflow?: "reject" | "drop-oldest"
  /** A message that has waited longer is dropped; `false` for never. */
  readonly queueTtl?: false | WsDuration
  /** Subprotocols to offer (RFC 6455 §1.9). */
  readonly protocols?: ReadonlyArray<string> | string
  /** What binary frames are handed out as (WHATWG WebSockets, `binaryType`). */
  readonly binaryType?: "blob" | "arraybuffer"
  /** How long a listener's `waitUntil` may hold up a dial; past it the attempt has failed. */
  readonly waitTimeout?: WsDuration
  /** Refuse to connect to another host than the page's. */
  readonly selfOnly?: boolean
  /**
   * Apply the frames of one burst together, in order and with all their events, in a task after that of the last:
   * for less than half the cost. `"latest"` also skips an element that a later one of the burst replaces whole;
   * listeners are then asked about all frames of the burst before the first is swapped.
   */
  readonly batch?: boolean | "latest"
}
