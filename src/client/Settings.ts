/** Settings of a client's connection, and their conversion to those of the core. */
import * as Schedule from "effect/Schedule"
import type * as Connection from "../core/Connection.ts"
import { defaults } from "../core/defaults.ts"
import type { DurationInput } from "../core/duration.ts"
import type { Payload } from "../core/Payload.ts"
import * as Reconnect from "../core/Reconnect.ts"
import type { SocketClosed } from "../core/Socket.ts"
import { aBoolean, check, closeCodes, count, delay, duration, frame, oneOf, orFalse } from "./check.ts"

/** Settings of a client's connection. One that is absent or `undefined` has its default. */
export interface Settings {
  /**
   * When to dial again: a `Schedule` (`Reconnect` has some), a function of the number of retries so far and the end of the
   * last socket that returns milliseconds, or `false` for never. The default doubles from 1 to 64 seconds, with full jitter.
   *
   * @default Reconnect.fullJitter
   */
  readonly reconnect?:
    | Reconnect.Policy
    | ((retryCount: number, closed: SocketClosed) => number)
    | false
    | undefined
  /**
   * The close codes after which to dial again. After all others the connection is closed.
   *
   * @default [1001, 1005, 1006, 1011, 1012, 1013, 1014]
   */
  readonly reconnectCodes?: Iterable<number> | undefined
  /**
   * How many retries may follow each other before the connection has failed. The count restarts with the backoff.
   *
   * @default Infinity
   */
  readonly reconnectMaxAttempts?: number | undefined
  /**
   * How long a connection must be open to restart the backoff. A frame after a second restarts it as well, and so does the
   * first end of an open connection with a given code since then.
   *
   * @default "5 seconds"
   */
  readonly reconnectStableAfter?: DurationInput | undefined
  /**
   * How long a handshake may take, and a `url` that is an effect or a function, before the attempt fails. In a browser it
   * is counted from the end of the page's earlier handshakes with that host, behind which the browser queues it.
   *
   * @default "15 seconds"
   */
  readonly connectTimeout?: DurationInput | undefined
  /**
   * How long a closing handshake may take before the socket is abandoned.
   *
   * @default "2 seconds"
   */
  readonly closeTimeout?: DurationInput | undefined
  /**
   * How long the peer may be silent before `heartbeatMessage` is sent; `false` for no heartbeat.
   *
   * @default false
   */
  readonly heartbeat?: DurationInput | false | undefined
  /**
   * Whether to send `heartbeatMessage` every `heartbeat` even if frames arrive: some servers require it.
   *
   * @default false
   */
  readonly heartbeatAlways?: boolean | undefined
  /**
   * How long to wait for any frame after a heartbeat before the socket is dropped, and dialled again. A shrinking
   * `bufferedAmount` counts as a frame. Each drop that follows another without a frame between them doubles this time,
   * up to eight times its length.
   *
   * @default "10 seconds"
   */
  readonly heartbeatTimeout?: DurationInput | undefined
  /**
   * The frame to send as a heartbeat, as it is.
   *
   * @default "{\"type\":\"ping\"}"
   */
  readonly heartbeatMessage?: Payload | undefined
  /**
   * How many messages may wait for a connection.
   *
   * @default 1000
   */
  readonly queueCapacity?: number | undefined
  /**
   * Which message fails with `OutboxFull` if the queue is full: the new one, or, with `"drop-oldest"`, the oldest.
   *
   * @default "reject"
   */
  readonly queueOverflow?: "reject" | "drop-oldest" | undefined
  /**
   * How long a message may wait for a connection before it fails with `MessageExpired`. Without it there is no limit.
   * Setting the machine's clock has no effect on it. Whether it goes on while the machine sleeps depends on the runtime.
   *
   * @default undefined
   */
  readonly queueTtl?: DurationInput | undefined
}

const policy = (reconnect: NonNullable<Settings["reconnect"]>): Reconnect.Policy => {
  if (reconnect === false) return Schedule.recurs(0)
  return Schedule.isSchedule(reconnect) ? reconnect : Reconnect.fromFunction(reconnect)
}

/** Returns the settings of the core. Throws a `TypeError` if one can never work. */
export const toCore = (settings: Settings): Connection.Settings => {
  const heartbeat = check("heartbeat", orFalse(duration(1)), settings.heartbeat, defaults.heartbeat)
  const reconnect = check("reconnect", delay, settings.reconnect, Reconnect.fullJitter)
  const timeout = check("heartbeatTimeout", duration(1), settings.heartbeatTimeout, defaults.heartbeatTimeout)
  const message = check("heartbeatMessage", frame, settings.heartbeatMessage, defaults.heartbeatMessage)
  const always = check("heartbeatAlways", aBoolean, settings.heartbeatAlways, false)
  return {
    reconnect: reconnect !== false,
    reconnectCodes: check("reconnectCodes", closeCodes, settings.reconnectCodes, defaults.reconnectCodes),
    reconnectPolicy: policy(reconnect),
    reconnectMaxAttempts: check(
      "reconnectMaxAttempts",
      count(0),
      settings.reconnectMaxAttempts,
      defaults.reconnectMaxAttempts,
    ),
    reconnectStableAfter: check(
      "reconnectStableAfter",
      duration(0),
      settings.reconnectStableAfter,
      defaults.reconnectStableAfter,
    ),
    connectTimeout: check("connectTimeout", duration(1), settings.connectTimeout, defaults.connectTimeout),
    closeTimeout: check("closeTimeout", duration(0), settings.closeTimeout, defaults.closeTimeout),
    heartbeat: heartbeat === false ? undefined : { interval: heartbeat, timeout, message, always },
    queueCapacity: check("queueCapacity", count(0), settings.queueCapacity, defaults.queueCapacity),
    queueOverflow: check(
      "queueOverflow",
      oneOf("reject", "drop-oldest"),
      settings.queueOverflow,
      defaults.queueOverflow,
    ),
    queueTtl: check("queueTtl", duration(1), settings.queueTtl, undefined),
  }
}
