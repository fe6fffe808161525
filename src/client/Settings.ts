/** The settings of a client, in units of their own, and their defaults. */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import type * as Connection from "../core/Connection.ts"
import { defaults } from "../core/defaults.ts"
import type { Payload } from "../core/Payload.ts"
import * as Reconnect from "../core/Reconnect.ts"

/** How a connection behaves. What is absent has its default. */
export interface Settings {
  /**
   * When to dial again: a `Schedule` (`Reconnect` has some), a function from the number of retries so far to
   * milliseconds, or `false` for never. It starts over when a connection has proved stable. Default:
   * `Reconnect.fullJitter`, 1 s doubling to 64 s.
   */
  readonly reconnect?: Reconnect.Policy | ((retryCount: number) => number) | false | undefined
  /** The close codes after which to dial again; all others are final. Default: `Reconnect.defaultCodes`. */
  readonly reconnectCodes?: Iterable<number> | undefined
  /** Retries since the backoff last started over; then the connection has failed. Default: no limit. */
  readonly reconnectMaxAttempts?: number | undefined
  /** A connection open for this long has proved stable; so has one on which a frame has come. Default: 5 seconds. */
  readonly reconnectStableAfter?: Duration.Input | undefined
  /**
   * An unanswered handshake is a failed attempt after this time, and so is a URL that takes so long to find out.
   * Default: 15 seconds.
   */
  readonly connectTimeout?: Duration.Input | undefined
  /** A socket whose closing handshake takes longer is abandoned. Default: 2 seconds. */
  readonly closeTimeout?: Duration.Input | undefined
  /**
   * After so long without a frame, `heartbeatMessage` is sent, and after `heartbeatTimeout` without an answer (any
   * frame will do) the socket is dropped and dialled again. Default: `false`, no heartbeat.
   */
  readonly heartbeat?: Duration.Input | false | undefined
  /** Default: 10 seconds. */
  readonly heartbeatTimeout?: Duration.Input | undefined
  /** A frame, as it is sent. Default: `{"type":"ping"}`. */
  readonly heartbeatMessage?: Payload | undefined
  /** How many messages may wait for a connection. Default: 1000. */
  readonly queueCapacity?: number | undefined
  /** Who fails with `OutboxFull`: the newcomer, or the one that has waited longest. Default: `reject`. */
  readonly queueOverflow?: "reject" | "drop-oldest" | undefined
  /** A message that has waited longer fails with `MessageExpired`. Default: no limit. */
  readonly queueTtl?: Duration.Input | undefined
}

const millis = (duration: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(duration))

const policy = (reconnect: NonNullable<Settings["reconnect"]>): Reconnect.Policy => {
  if (reconnect === false) return Schedule.recurs(0)
  return Schedule.isSchedule(reconnect) ? reconnect : Reconnect.fromFunction(reconnect)
}

export const toCore = (settings: Settings): Connection.Settings => {
  const { heartbeat = defaults.heartbeat, queueTtl, reconnect = Reconnect.fullJitter } = settings
  return {
    reconnect: reconnect !== false,
    reconnectCodes: new Set(settings.reconnectCodes ?? defaults.reconnectCodes),
    reconnectPolicy: policy(reconnect),
    reconnectMaxAttempts: settings.reconnectMaxAttempts ?? defaults.reconnectMaxAttempts,
    reconnectStableAfter: millis(settings.reconnectStableAfter ?? defaults.reconnectStableAfter),
    connectTimeout: millis(settings.connectTimeout ?? defaults.connectTimeout),
    closeTimeout: millis(settings.closeTimeout ?? defaults.closeTimeout),
    heartbeat:
      heartbeat === false
        ? undefined
        : {
            interval: millis(heartbeat),
            timeout: millis(settings.heartbeatTimeout ?? defaults.heartbeatTimeout),
            message: settings.heartbeatMessage ?? defaults.heartbeatMessage,
          },
    queueCapacity: settings.queueCapacity ?? defaults.queueCapacity,
    queueOverflow: settings.queueOverflow ?? defaults.queueOverflow,
    queueTtl: queueTtl === undefined ? undefined : millis(queueTtl),
  }
}
