/** Compiled by `npm run types`, never run: how TypeScript sees channels and their servers. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import type * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Channel } from "../../src/channel/index.ts"
import { Crossws, type Html, html, Peer, RedisLog, Room, RoomLog, raw } from "../../src/server/index.ts"

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles where `A` is exactly `B`: neither wider nor narrower. */
declare const exactly: <A, B>(same: Same<A, B>) => void

type Failure<T> = T extends Effect.Effect<unknown, infer E, unknown> ? E : never
type Success<T> = T extends Effect.Effect<infer A, unknown, unknown> ? A : never
type Needs<T> = T extends Effect.Effect<unknown, unknown, infer R> ? R : never

// --- Channels --------------------------------------------------------------------------------------------

const Chat = Channel.make("chat", {
  incoming: Schema.Struct({ text: Schema.String, times: Schema.FiniteFromString }),
  signals: { unread: Schema.Struct({ n: Schema.Int }), at: Schema.DateFromString },
})
type Chat = typeof Chat

exactly<Channel.Message<Chat>, { readonly text: string; readonly times: number }>(true)
exactly<Channel.SignalName<Chat>, "unread" | "at">(true)
exactly<Channel.Signal<Chat, "at">, Date>(true)
exactly<Channel.Signals<Chat>["unread"], { readonly n: number } | undefined>(true)
exactly<Channel.Events<Chat>["unread"], CustomEvent<{ readonly n: number }>>(true)
// The detail of an event is an object.
exactly<Channel.Events<Chat>["at"], CustomEvent<{ readonly value: string }>>(true)

const encoded = Channel.encodeSignal(Chat, "at", new Date(0))
exactly<typeof encoded, Effect.Effect<Schema.Json, Schema.SchemaError>>(true)
const decoded = Channel.decodeSignals(Chat, "{}")
exactly<typeof decoded, Effect.Effect<Channel.Signals<Chat>, Schema.SchemaError>>(true)

// @ts-expect-error There is no such signal.
Channel.encodeSignal(Chat, "gone", 1)
class Keys extends Context.Service<Keys, object>()("test/Keys") {}
declare const Sealed: Schema.Codec<string, string, Keys, Keys>
// @ts-expect-error A channel is decoded without services.
Channel.make("sealed", { incoming: Sealed })

// --- Peers -----------------------------------------------------------------------------------------------

const accepted = Peer.accept(Chat)
exactly<Success<typeof accepted>, Peer.Peer<Chat, undefined>>(true)
exactly<Needs<typeof accepted>, HttpServerRequest.HttpServerRequest | Scope.Scope>(true)

const authorized = Peer.accept(Chat, {
  origins: ["https://example.org"],
  authorize: (request) =>
    request.url === "/"
      ? Effect.succeed({ name: "Ann" })
      : Effect.fail(new Peer.PeerRefused({ status: 401, message: "no" })),
})
exactly<Success<typeof authorized>["identity"], { name: string }>(true)

declare const peer: Peer.Peer<Chat>
const handled = peer.handle(({ id, values }) => Effect.succeed([id?.length, values.times.toFixed()]))
exactly<typeof handled, Effect.Effect<void>>(true)
peer.signal("unread", { n: 1 })
// @ts-expect-error The value of a signal is that of its schema.
peer.signal("unread", { n: "one" })
// @ts-expect-error Text is no HTML: it would not be escaped.
peer.send("<p>")

export const buffering: Peer.Buffering = {
  capacity: 16,
  slow: "close",
  patience: "5 seconds",
  param: "after",
}
// @ts-expect-error There are two ways to be slow.
export const unknown: Peer.Buffering = { slow: "drop" }

// --- Rooms -----------------------------------------------------------------------------------------------

const plain = Room.make(Chat, { name: "lobby" })
exactly<typeof plain, Effect.Effect<Room.Room<Chat, never>, RoomLog.LogError, Scope.Scope>>(true)

declare const rows: Effect.Effect<Html, "no database", Keys>
const snapshot = ({ content }: Room.View) =>
  Effect.map(rows, (table): Room.Content => ({ "#log": content("#log"), "#table": table }))
const stored = Room.make(Chat, { name: "lobby", keep: 100, snapshot } satisfies Room.Options<
  "no database",
  Keys
>)
exactly<Needs<typeof stored>, Scope.Scope | Keys>(true)
exactly<Failure<Success<typeof stored>["snapshot"]>, "no database">(true)

declare const room: Room.Room<Chat>
exactly<ReturnType<typeof room.append>, Effect.Effect<void, RoomLog.LogError>>(true)
room.join(peer)
declare const stranger: Peer.Peer<Channel.Channel<typeof Schema.String>>
// @ts-expect-error A page of another channel does not know the signals of this one.
room.join(stranger)
const changed = room.change(Effect.fail("full" as const))
exactly<typeof changed, Effect.Effect<never, "full">>(true)

// --- Logs ------------------------------------------------------------------------------------------------

const open: RoomLog.Open = (name, keep) =>
  Effect.map(
    RoomLog.openInMemory(name, keep),
    (log): RoomLog.RoomLog => ({
      ...log,
      read: (after) => Effect.map(log.read(after), (kept): RoomLog.Kept => kept),
    }),
  )
const logs = Layer.succeed(RoomLog.Logs)(open)
exactly<typeof logs, Layer.Layer<never>>(true)
exactly<typeof RoomLog.drawEpoch, Effect.Effect<string>>(true)
const inRedis = RedisLog.layer({ prefix: "chat" } satisfies RedisLog.Options)
exactly<typeof inRedis, Layer.Layer<never, never, Redis.Redis>>(true)

// --- Other servers ---------------------------------------------------------------------------------------

const hooks = Crossws.hooks(
  Chat,
  (peer) =>
    Effect.andThen(
      room.join(peer),
      peer.handle(() => Effect.void),
    ),
  {
    authorize: (request) => Effect.succeed(request.headers.get("cookie")),
  } satisfies Crossws.Options<string | null, never, never>,
)
exactly<Success<typeof hooks>, Crossws.Hooks>(true)
declare const socket: Crossws.CrosswsPeer
declare const frame: Crossws.CrosswsMessage
export const deliver = ({ message }: Crossws.Hooks) => message(socket, frame)

// --- HTML ------------------------------------------------------------------------------------------------

const items = ["a", 1, 2n, undefined, null, false as const, raw("<hr>")].map((item) => html`<li>${item}</li>`)
exactly<typeof items, Array<Html>>(true)
// @ts-expect-error A date has no one way to be shown.
html`${new Date()}`
