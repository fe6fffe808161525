/** The settings as they are written: in `htmx.config.ws`, in `ws-config`, and in `register`. Types only. */
import type * as Duration from "effect/Duration"
import type { Payload } from "../core/Payload.ts"
import type { Policy } from "../core/Reconnect.ts"

/** A duration: milliseconds, `"500ms"`, `"5s"`, `"2m"`, `"1h"`, or a `Duration.Input` of Effect (`"5 seconds"`). */
export type WsDuration = number | `${number}${"ms" | "s" | "m" | "h"}` | Duration.Input

/** A delay before each retry: see `WsConfig.reconnectDelay`. */
export type WsDelay = WsDuration | "full-jitter" | ((retryCount: number) => number) | Policy

/**
 * Settings of the page or of an element. The nearest wins, setting by setting. A value that cannot be read is reported
 * once on the console, and ignored.
 */
export interface WsConfig {
  /**
   * Whether to dial again after a close. The return from a pause, or from the back/forward cache, is not a retry.
   *
   * @default true
   * @example reconnect:false
   */
  readonly reconnect?: boolean
  /**
   * The close codes after which to dial again. All others are final, until `reconnect()` of the `socketWrapper` or
   * the `connection`.
   *
   * @default [1001, 1005, 1006, 1011, 1012, 1013, 1014]
   * @example reconnectCodes:[1006, 1012]
   */
  readonly reconnectCodes?: ReadonlyArray<number>
  /**
   * The first bound of the exponential backoff. In `htmx.config.ws` also a function `(retryCount) => ms`, an Effect
   * `Schedule`, or `"full-jitter"`: 1 s, doubling to 64 s, with full jitter.
   *
   * @default "1s", on htmx 4 "500ms"
   * @example reconnectDelay:500ms
   */
  readonly reconnectDelay?: WsDelay
  /**
   * The factor by which the bound grows from retry to retry.
   *
   * @default 2
   * @example reconnectFactor:1.5
   */
  readonly reconnectFactor?: number
  /**
   * The largest bound of the backoff.
   *
   * @default "64s", on htmx 4 "60s"
   * @example reconnectMaxDelay:10s
   */
  readonly reconnectMaxDelay?: WsDuration
  /**
   * How far delays differ at random from the bound. `"full"`: a delay is uniform in [0, bound). A number j: it is
   * bound × (1 ± j).
   *
   * @default "full", on htmx 4 0.3
   * @example reconnectJitter:0.3
   */
  readonly reconnectJitter?: "full" | number
  /**
   * How many retries may follow each other before `htmx:wsFailed` (`htmx:ws:failed`) and the state `failed`. The
   * count restarts with the backoff. Retries while the browser is offline do not count.
   *
   * @default "Infinity"
   * @example reconnectMaxAttempts:10
   */
  readonly reconnectMaxAttempts?: number
  /**
   * How long a connection must be open to restart the backoff. It is also restarted by a frame after a second, and the
   * first time that an open connection ends with a given code since one has stayed open so long.
   *
   * @default "5s"
   * @example reconnectStableAfter:1m
   */
  readonly reconnectStableAfter?: WsDuration
  /**
   * How long a handshake may take before the attempt has failed, counted from the end of the page's earlier handshakes
   * with that host, which browsers let it wait behind.
   *
   * @default "15s"
   * @example connectTimeout:5s
   */
  readonly connectTimeout?: WsDuration
  /**
   * How long a closing handshake may take before the socket is abandoned.
   *
   * @default "2s"
   * @example closeTimeout:500ms
   */
  readonly closeTimeout?: WsDuration
  /**
   * How long the peer may be silent before `heartbeatMessage` is sent; `false` for no heartbeat.
   *
   * @default false
   * @example heartbeat:25s
   */
  readonly heartbeat?: false | WsDuration
  /**
   * The message to send as a heartbeat: text or binary data. A plain object or an array is sent as JSON.
   *
   * @default "{\"type\":\"ping\"}"
   * @example heartbeatMessage:ping
   */
  readonly heartbeatMessage?: Payload | object
  /**
   * How long to wait for any frame after a heartbeat before the socket is dropped, and dialled again. A shrinking
   * `bufferedAmount` counts as a frame. Each drop that follows another without a frame between them doubles this time,
   * up to eight times its length.
   *
   * @default "10s"
   * @example heartbeatTimeout:3s
   */
  readonly heartbeatTimeout?: WsDuration
  /**
   * Whether to close the connection while the page is hidden, at once (`true`) or after a duration, and to dial again
   * when it is shown.
   *
   * @default false, on htmx 4 true
   * @example pauseOnBackground:5m
   */
  readonly pauseOnBackground?: boolean | WsDuration
  /**
   * How many messages may wait for a connection. Also spelled `maxOutgoingMessagesQueueSize`.
   *
   * @default 1000, on htmx 4 100
   * @example queueCapacity:50
   */
  readonly queueCapacity?: number
  /**
   * Which message is dropped if the queue is full: the new one (`"reject"`) or the oldest (`"drop-oldest"`), with
   * `htmx:wsDropped` (`htmx:ws:message:dropped`).
   *
   * @default "reject"
   * @example queueOverflow:drop-oldest
   */
  readonly queueOverflow?: "reject" | "drop-oldest"
  /**
   * How long a message may wait for a connection before it is dropped, with `htmx:wsDropped`
   * (`htmx:ws:message:dropped`); `false` for no limit. Setting the machine's clock has no effect on it. Whether it goes
   * on while the machine sleeps depends on the browser.
   *
   * @default false
   * @example queueTtl:30s
   */
  readonly queueTtl?: false | WsDuration
  /**
   * The subprotocols to offer (RFC 6455 §1.9).
   *
   * @default []
   * @example protocols:"chat.v2 chat.v1"
   */
  readonly protocols?: ReadonlyArray<string> | string
  /**
   * How binary frames are received: as `"blob"` or `"arraybuffer"` (WHATWG WebSockets, `binaryType`). Without it,
   * `htmx.config.wsBinaryType` or `htmx.createWebSocket` decides.
   *
   * @example binaryType:arraybuffer
   */
  readonly binaryType?: "blob" | "arraybuffer"
  /**
   * How long the promise of a `waitUntil` may take. After that, a dial goes on waiting, with one notice on the
   * console; an opening has failed; on htmx 4, a message to be sent lets those behind it go first, and a received one
   * has failed.
   *
   * @default "10s"
   * @example waitTimeout:3s
   */
  readonly waitTimeout?: WsDuration
  /**
   * Whether to refuse to connect to another host than that of the page.
   *
   * @default false
   * @example selfOnly:true
   */
  readonly selfOnly?: boolean
  /**
   * Whether to apply the frames of one burst together, in order and with all their events, in one task after the last
   * of them. `"latest"` also skips an element that a later one of the burst replaces whole.
   *
   * @default false
   * @example batch:true
   */
  readonly batch?: boolean | "latest"
}
