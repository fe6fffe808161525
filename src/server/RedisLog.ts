/**
 * Logs of rooms in Redis, for servers of several processes: each room is a Redis stream, which all processes read.
 *
 * **Details**
 *
 * Entries are numbered in Redis, by a script for each append. An append is retried until it is known to have succeeded, and
 * adds the entry once, even if several processes handle the same message of a page. A message on a channel announces each
 * entry; since these are lost when a connection is, the stream is also polled. If Redis has lost entries, the log starts anew,
 * and pages get the whole state.
 *
 * **Example**
 *
 * ```ts
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { RedisLog } from "htmx-ext-effect-ws/server"
 *
 * export const logs = RedisLog.layer().pipe(Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" })))
 * ```
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Entry } from "./Entry.ts"
import type { Place } from "./Place.ts"
import { drawEpoch, LogError, Logs, type Open } from "./RoomLog.ts"

/** The options of logs in Redis. */
export interface Options {
  /**
   * The prefix of all keys.
   *
   * @default "htmx-ext-effect-ws"
   */
  readonly prefix?: string | undefined
  /**
   * How often a stream is read even if no message has announced a new entry.
   *
   * @default "1 second"
   */
  readonly poll?: Duration.Input | undefined
}

/** Returns the keys of a room. They are on one node of a cluster: the part in braces determines which. */
const keysOf = (prefix: string, room: string) => ({
  /** A hash: `epoch`, and `n`, the number of the last entry. */
  meta: `${prefix}:{${room}}:meta`,
  stream: `${prefix}:{${room}}:stream`,
  channel: `${prefix}:{${room}}:news`,
  /** Set for ten minutes when an entry was added under this token. */
  done: (token: string) => `${prefix}:{${room}}:done:${token}`,
})

/**
 * Starts a new epoch if the log is empty, or shorter than what the caller has read: Redis has lost entries, and would use
 * their numbers again. ARGV: the new epoch, if one starts; the epoch and the number up to which the caller has read.
 */
const begin = `
local epoch = redis.call("HGET", KEYS[1], "epoch")
local n = tonumber(redis.call("HGET", KEYS[1], "n") or "0")
if not epoch or (epoch == ARGV[2] and n < tonumber(ARGV[3])) then
  epoch, n = ARGV[1], 0
  redis.call("DEL", KEYS[2])
  redis.call("HSET", KEYS[1], "epoch", epoch, "n", n)
end`

type Known = readonly [epoch: string, knownEpoch: string, knownNumber: number]

const append = Redis.script(
  (meta: string, stream: string, done: string, ...rest: [...Known, string, number, string]) => [
    meta,
    stream,
    done,
    ...rest,
  ],
  {
    numberOfKeys: 3,
    lua: `
if not redis.call("SET", KEYS[3], "1", "NX", "EX", "600") then return 0 end${begin}
n = n + 1
redis.call("HSET", KEYS[1], "n", n)
redis.call("XADD", KEYS[2], "MAXLEN", ARGV[5], n .. "-0", "entry", ARGV[4])
redis.call("PUBLISH", ARGV[6], n)
return n`,
  },
)

const read = Redis.script((meta: string, stream: string, ...known: Known) => [meta, stream, ...known], {
  numberOfKeys: 2,
  lua: `${begin}
local from = "-"
if epoch == ARGV[2] then from = "(" .. ARGV[3] .. "-0" end
local entries = {}
for i, entry in ipairs(redis.call("XRANGE", KEYS[2], from, "+")) do entries[i] = entry[2][2] end
return { epoch, n, entries }`,
}).withReturnType<unknown>()

const Read = Schema.Tuple([Schema.String, Schema.Number, Schema.Array(Schema.fromJsonString(Entry))])
const decodeRead = Schema.decodeUnknownEffect(Read)
const encodeEntry = Schema.encodeEffect(Schema.fromJsonString(Entry))

const failed = (room: string) => (cause: unknown) =>
  new LogError({ message: `the log of the room ${room} in Redis cannot be used`, cause })

/** How often, and for how long, a command is retried, since a connection to Redis may come back. */
const again = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.upTo({ times: 20 }),
)

/** How long a command may take before it is retried. */
const patience = "5 seconds"

/** Keeps the logs of rooms in Redis. */
export const layer = ({
  poll = "1 second",
  prefix = "htmx-ext-effect-ws",
}: Options = {}): Layer.Layer<never, never, Redis.Redis> =>
  Layer.effect(
    Logs,
    Effect.map(
      Redis.Redis,
      (redis): Open =>
        (room, keep) => {
          const { channel, done, meta, stream } = keysOf(prefix, room)
          const asKnown = (epoch: string, place: Place | undefined): Known => [
            epoch,
            place?.epoch ?? "",
            place?.number ?? 0,
          ]
          const retried = <A>(command: Effect.Effect<A, unknown>) =>
            command.pipe(Effect.timeout(patience), Effect.retry(again), Effect.mapError(failed(room)))
          return Effect.succeed({
            append: (entry, known, token = crypto.randomUUID()) =>
              Effect.gen(function* () {
                const encoded = yield* Effect.orDie(encodeEntry(entry))
                const epoch = yield* drawEpoch
                yield* retried(
                  redis.eval(append)(
                    meta,
                    stream,
                    done(token),
                    ...asKnown(epoch, known),
                    encoded,
                    keep,
                    channel,
                  ),
                )
              }),
            read: (after) =>
              Effect.gen(function* () {
                const epoch = yield* drawEpoch
                const result = yield* retried(redis.eval(read)(meta, stream, ...asKnown(epoch, after)))
                const [current, last, entries] = yield* Effect.mapError(decodeRead(result), failed(room))
                return { epoch: current, last, entries }
              }),
            changes: Stream.unwrap(Effect.map(redis.subscribe(channel), Stream.fromQueue)).pipe(
              Stream.retry(Schedule.spaced("1 second")),
              Stream.catch(() => Stream.never),
              Stream.merge(Stream.tick(poll)),
              Stream.map(() => undefined),
            ),
          })
        },
    ),
  )
