/** Compiled by `npm run types`, never run: how TypeScript sees the typed client. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { WebSocketConstructor as EffectWebSocketConstructor } from "effect/socket/Socket"
import * as z from "zod"
import {
  CloseCode,
  type Connected,
  type ConnectOptions,
  connect,
  EffectSocket,
  Reconnect,
  Resume,
  Socket,
  Telemetry,
  WsClient,
} from "../../src/index.ts"

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles where `A` is exactly `B`: neither wider nor narrower. */
declare const exactly: <A, B>(same: Same<A, B>) => void

type Failure<T> = T extends Effect.Effect<unknown, infer E, unknown> ? E : never
type Success<T> = T extends Effect.Effect<infer A, unknown, unknown> ? A : never
type Needs<T> = T extends Effect.Effect<unknown, unknown, infer R> ? R : never
type LostBy<T> = T extends Stream.Stream<unknown, infer E> ? E : never

const Say = Schema.TaggedStruct("Say", { text: Schema.String, at: Schema.Date })
const Ping = Schema.TaggedStruct("Ping", { id: Schema.Number })
const Outgoing = Schema.Union([Say, Ping])
const Said = Schema.TaggedStruct("Said", { by: Schema.String, text: Schema.String })
const Pong = Schema.TaggedStruct("Pong", { id: Schema.Number })
const Incoming = Schema.Union([Said, Pong])

const url = "wss://chat.test/"
const messages = { outgoing: Outgoing, incoming: Incoming }
declare const chat: WsClient.WsClient<typeof Outgoing.Type, typeof Incoming.Type>

const ping = { _tag: "Ping", id: 1 } as const
const isPong = (message: typeof Incoming.Type): message is typeof Pong.Type => message._tag === "Pong"

// --- What goes out ---------------------------------------------------------------------------------------

chat.send({ _tag: "Say", text: "hello", at: new Date() })
// @ts-expect-error There is no such message.
chat.send({ _tag: "Shout", text: "hello" })
// @ts-expect-error Something is missing.
chat.send({ _tag: "Say", at: new Date() })
// @ts-expect-error What a schema encodes is given to it decoded.
chat.send({ _tag: "Say", text: "hello", at: "2026-01-01T00:00:00.000Z" })
// @ts-expect-error What comes does not go.
chat.sendUnsafe({ _tag: "Pong", id: 1 })
// @ts-expect-error What comes does not go.
chat.request({ _tag: "Pong", id: 1 }, { match: isPong })

// --- Requests by key, and answers that are failures ---------------------------------------------------------

class Refused {
  readonly _tag = "Refused"
}
const refusing = chat.request(ping, {
  key: 1,
  failure: (answer) => (answer._tag === "Pong" ? undefined : new Refused()),
})
exactly<Success<typeof refusing>, typeof Incoming.Type>(true)
exactly<
  Failure<typeof refusing>,
  WsClient.SendError | WsClient.RequestTimeout | WsClient.ConnectionLost | Refused
>(true)
const accepted = chat.request(ping, {
  match: isPong,
  failure: ({ id }) => (id > 0 ? undefined : new Refused()),
})
exactly<Success<typeof accepted>, typeof Pong.Type>(true)
// @ts-expect-error One way to find the answer is enough.
chat.request(ping, { key: 1, match: isPong })
// @ts-expect-error There must be one.
chat.request(ping, {})

// --- On every open ---------------------------------------------------------------------------------------

WsClient.make({ ...messages, url, onOpen: ({ send }) => send({ _tag: "Ping", id: 1 }) })
// @ts-expect-error What comes does not go, on open either.
WsClient.make({ ...messages, url, onOpen: ({ send }) => send({ _tag: "Pong", id: 1 }) })
WsClient.make({ ...messages, url, resume: Resume.make() })
WsClient.make({
  ...messages,
  url,
  resume: Resume.make({
    idOf: (message: typeof Incoming.Type) => message._tag,
    onGap: () => Effect.succeed("7f-1"),
  }),
})
// @ts-expect-error: the client has other messages.
WsClient.make({ ...messages, url, resume: Resume.make({ idOf: ({ at }: { at: string }) => at }) })
// @ts-expect-error: an id is a string.
Resume.make({ onGap: () => 42 })
WsClient.make({ ...messages, url, answerTo: (message) => (message._tag === "Pong" ? message.id : undefined) })
connect(url, { webSocket: ({ protocols, url }) => new WebSocket(url, [...protocols]), headers: { a: "b" } })
connect<string, number>(url, {
  onOpen: ({ request, send }) => send("a").then(() => request("b", { match: (n) => n > 1 })),
})

// --- What comes in ---------------------------------------------------------------------------------------

type Message = typeof chat.messages extends Stream.Stream<infer A, unknown> ? A : never
exactly<Message, typeof Incoming.Type>(true)

export const line = (message: Message): string => {
  // @ts-expect-error Not every message has a text.
  void message.text
  return message._tag === "Said" ? message.text : `pong ${message.id}`
}

// --- Requests --------------------------------------------------------------------------------------------

const guarded = chat.request(ping, { match: isPong })
exactly<Success<typeof guarded>, typeof Pong.Type>(true)
exactly<Failure<typeof guarded>, WsClient.SendError | WsClient.RequestTimeout | WsClient.ConnectionLost>(true)

const inferred = chat.request(ping, { match: (message) => message._tag === "Pong" })
exactly<Success<typeof inferred>, typeof Pong.Type>(true)

const unguarded = chat.request(ping, { match: (message): boolean => message._tag === "Pong" })
exactly<Success<typeof unguarded>, typeof Incoming.Type>(true)

const retried = chat.request(ping, { match: isPong, retry: true, timeout: "2 seconds" })
exactly<Success<typeof retried>, typeof Pong.Type>(true)
exactly<Failure<typeof retried>, WsClient.SendError | WsClient.RequestTimeout>(true)

const perhaps = chat.request(ping, { match: isPong, retry: Math.random() < 0.5 })
exactly<Failure<typeof perhaps>, WsClient.SendError | WsClient.RequestTimeout | WsClient.ConnectionLost>(true)

// @ts-expect-error A request without a match has no answer.
chat.request(ping, { timeout: "1 second" })
// @ts-expect-error It is no message that comes.
chat.request(ping, { match: (message) => message._tag === "Ping" })

// --- Failures --------------------------------------------------------------------------------------------

const sent = chat.send(ping)
exactly<
  Failure<typeof sent>,
  | WsClient.EncodeError
  | WsClient.OutboxFull
  | WsClient.MessageExpired
  | WsClient.MessageRefused
  | WsClient.ConnectionClosed
  | WsClient.RetriesExhausted
>(true)
exactly<Needs<typeof sent>, never>(true)
exactly<Failure<typeof chat.awaitOpen>, WsClient.ConnectionClosed | WsClient.RetriesExhausted>(true)
exactly<Failure<ReturnType<typeof chat.close>>, never>(true)
exactly<LostBy<typeof chat.decodeErrors>, never>(true)

const mended = sent.pipe(
  Effect.catchTags({ OutboxFull: () => Effect.void, ConnectionClosed: () => Effect.void }),
)
exactly<
  Failure<typeof mended>,
  WsClient.EncodeError | WsClient.MessageExpired | WsClient.MessageRefused | WsClient.RetriesExhausted
>(true)

// --- Making a client -------------------------------------------------------------------------------------

const fixed = WsClient.make({ url, ...messages })
exactly<
  Success<typeof fixed>,
  WsClient.WsClient<typeof Outgoing.Type, typeof Incoming.Type, WsClient.BufferOverflow>
>(true)
exactly<Failure<typeof fixed>, WsClient.InvalidUrl>(true)
exactly<Needs<typeof fixed>, Scope.Scope>(true)

const parsed = WsClient.make({ url: new URL(url), ...messages })
exactly<Failure<typeof parsed>, WsClient.InvalidUrl>(true)

class Tokens extends Context.Service<Tokens, { readonly next: Effect.Effect<string, "expired"> }>()(
  "test/Tokens",
) {}
const withToken = Effect.flatMap(Tokens, ({ next }) => Effect.map(next, (token) => `${url}?token=${token}`))

const fresh = WsClient.make({ url: withToken, ...messages })
exactly<Failure<typeof fresh>, never>(true)
exactly<Needs<typeof fresh>, Scope.Scope | Tokens>(true)

const either = WsClient.make({ url: Math.random() < 0.5 ? url : withToken, ...messages })
exactly<Failure<typeof either>, WsClient.InvalidUrl>(true)
exactly<Needs<typeof either>, Scope.Scope | Tokens>(true)

class Keys extends Context.Service<Keys, { readonly key: string }>()("test/Keys") {}
class Locks extends Context.Service<Locks, { readonly lock: string }>()("test/Locks") {}
declare const Sealed: Schema.Codec<string, string, Keys, Locks>

const sealed = WsClient.make({ url, outgoing: Sealed, incoming: Sealed })
exactly<Needs<typeof sealed>, Scope.Scope | Keys | Locks>(true)
const writing = WsClient.make({ url, outgoing: Sealed, incoming: Incoming })
exactly<Needs<typeof writing>, Scope.Scope | Locks>(true)
const reading = WsClient.make({ url, outgoing: Outgoing, incoming: Sealed })
exactly<Needs<typeof reading>, Scope.Scope | Keys>(true)

// --- Subscribers that fall behind ------------------------------------------------------------------------

const failing = WsClient.make({ url, ...messages, overflow: "fail" })
exactly<
  LostBy<Success<typeof failing>["messages"]>,
  WsClient.ConnectionClosed | WsClient.RetriesExhausted | WsClient.BufferOverflow
>(true)
exactly<LostBy<Success<typeof fixed>["messages"]>, LostBy<Success<typeof failing>["messages"]>>(true)

const dropping = WsClient.make({ url, ...messages, overflow: "drop-oldest" })
exactly<LostBy<Success<typeof dropping>["messages"]>, WsClient.ConnectionClosed | WsClient.RetriesExhausted>(
  true,
)
const declining = WsClient.make({ url, ...messages, overflow: "drop-newest" })
exactly<LostBy<Success<typeof declining>["messages"]>, LostBy<Success<typeof dropping>["messages"]>>(true)

const undecided = WsClient.make({ url, ...messages, overflow: Math.random() < 0.5 ? "fail" : "drop-oldest" })
exactly<LostBy<Success<typeof undecided>["messages"]>, LostBy<Success<typeof failing>["messages"]>>(true)

// --- Settings --------------------------------------------------------------------------------------------

WsClient.make({ url, ...messages, reconnect: Schedule.spaced("1 second"), heartbeat: "25 seconds" })
WsClient.make({ url, ...messages, reconnect: Reconnect.fullJitter, queueTtl: 5000, protocols: ["a", "b"] })
WsClient.make({ url, ...messages, reconnect: (retryCount) => retryCount * 1000 })
WsClient.make({ url, ...messages, reconnect: false, bufferSize: undefined })

// @ts-expect-error There is no such setting.
WsClient.make({ url, ...messages, reconect: false })
// @ts-expect-error A duration has a unit that is known.
WsClient.make({ url, ...messages, queueTtl: "5 fortnights" })
// @ts-expect-error There are three ways to overflow.
WsClient.make({ url, ...messages, overflow: "block" })
// @ts-expect-error A client without messages says nothing.
WsClient.make({ url })
// @ts-expect-error There is nothing to dial.
WsClient.make(messages)

declare const onTuesdays: Schedule.Schedule<number, unknown, never, Keys>
// @ts-expect-error A policy that needs a service gets none.
WsClient.make({ url, ...messages, reconnect: onTuesdays })
declare const byNumber: Schedule.Schedule<number, number>
// @ts-expect-error What a policy is told is how a socket has ended.
WsClient.make({ url, ...messages, reconnect: byNumber })
declare const failingPolicy: Schedule.Schedule<number, unknown, "tired">
// @ts-expect-error A policy fails with nothing of its own.
WsClient.make({ url, ...messages, reconnect: failingPolicy })

WsClient.make({
  url,
  ...messages,
  reconnect: Reconnect.exponential({ base: 500, factor: 1.5, max: 10_000, jitter: "full" }),
  reconnectCodes: [...Reconnect.defaultCodes, CloseCode.NormalClosure],
})
// @ts-expect-error Jitter is a part, or full.
Reconnect.exponential({ base: 500, factor: 1.5, max: 10_000, jitter: "half" })
exactly<typeof Reconnect.fullJitter, Reconnect.Policy>(true)
exactly<ReturnType<typeof Reconnect.constant>, Reconnect.Policy>(true)
exactly<ReturnType<typeof Reconnect.fromFunction>, Reconnect.Policy>(true)
// @ts-expect-error A delay is a number of milliseconds.
Reconnect.constant("1 second")
exactly<ReturnType<typeof CloseCode.isSendable>, boolean>(true)

// --- Services that have a default ------------------------------------------------------------------------

const byPlatform = Layer.succeed(Socket.WebSocketConstructor)(
  ({ protocols, url }) => new WebSocket(url, [...protocols]),
)
exactly<typeof byPlatform, Layer.Layer<never>>(true)
// @ts-expect-error A text is no WebSocket.
Layer.succeed(Socket.WebSocketConstructor)(({ url }) => url)
const offline = Layer.succeed(WsClient.Network)({ isOnline: () => false, onOnline: () => () => {} })
exactly<typeof offline, Layer.Layer<never>>(true)

// --- Frames that are not JSON ----------------------------------------------------------------------------

WsClient.make({ url, outgoing: Schema.String, incoming: Schema.Uint8Array, format: "raw" })
WsClient.make({ url, outgoing: Schema.NumberFromString, incoming: Schema.NumberFromString, format: "raw" })
// @ts-expect-error A record is no frame.
WsClient.make({ url, outgoing: Schema.String, incoming: Incoming, format: "raw" })
// @ts-expect-error A record is no frame.
WsClient.make({ url, outgoing: Outgoing, incoming: Schema.String, format: "raw" })
// @ts-expect-error Bytes come as a `Uint8Array`.
WsClient.make({ url, outgoing: Schema.String, incoming: Schema.instanceOf(ArrayBuffer), format: "raw" })

// --- As a service ----------------------------------------------------------------------------------------

class Chat extends WsClient.Service<Chat>()("test/Chat", messages) {}

const program = Effect.gen(function* () {
  const chat = yield* Chat
  // @ts-expect-error There is no such message.
  yield* chat.send({ _tag: "Shout" })
  return yield* chat.request(ping, { match: isPong, retry: true })
})
exactly<Needs<typeof program>, Chat>(true)
exactly<Success<typeof program>, typeof Pong.Type>(true)

const fixedLayer = Chat.layer({ url })
exactly<typeof fixedLayer, Layer.Layer<Chat, WsClient.InvalidUrl>>(true)
const freshLayer = Chat.layer({ url: withToken, overflow: "drop-oldest" })
exactly<typeof freshLayer, Layer.Layer<Chat, never, Tokens>>(true)
const scopedLayer = Chat.layer({ url: Effect.as(Effect.scope, url) })
exactly<typeof scopedLayer, Layer.Layer<Chat>>(true)
// @ts-expect-error There is no such setting.
Chat.layer({ url, reconect: false })
class Vault extends WsClient.Service<Vault>()("test/Vault", { outgoing: Sealed, incoming: Sealed }) {}
const vaultLayer = Vault.layer({ url })
exactly<typeof vaultLayer, Layer.Layer<Vault, WsClient.InvalidUrl, Keys | Locks>>(true)

// --- In the logs, spans and metrics of Effect --------------------------------------------------------------

declare const busy: Success<typeof dropping>
const observed = Telemetry.observe(busy, { name: "chat" } satisfies Telemetry.Options)
exactly<LostBy<Success<typeof observed>["messages"]>, LostBy<typeof busy.messages>>(true)

// --- As a socket of Effect's --------------------------------------------------------------------------------

const socket = EffectSocket.make({ url, reconnect: Reconnect.fullJitter })
exactly<Failure<typeof socket>, WsClient.InvalidUrl>(true)
exactly<Needs<typeof socket>, Scope.Scope>(true)
// @ts-expect-error Its URL gets no services.
EffectSocket.make({ url: withToken })
// @ts-expect-error Its frames are not decoded.
EffectSocket.make({ url, incoming: Incoming })
exactly<typeof EffectSocket.layerWebSocketConstructor, Layer.Layer<never, never, EffectWebSocketConstructor>>(
  true,
)

// --- Without Effect --------------------------------------------------------------------------------------

type Come<T> = T extends { readonly messages: AsyncIterable<infer In> } ? In : never
type Go<T> = T extends { send(message: infer Out): unknown } ? Out : never

const ZodOut = z.object({ text: z.string(), at: z.date().transform((date) => date.getTime()) })
const ZodIn = z.discriminatedUnion("_tag", [
  z.object({ _tag: z.literal("Said"), text: z.string() }),
  z.object({ _tag: z.literal("Count"), of: z.string().transform(Number) }),
])

const byZod = connect(url, { outgoing: ZodOut, incoming: ZodIn })
const zodOptions: ConnectOptions<z.input<typeof ZodOut>, z.output<typeof ZodIn>> = { outgoing: ZodOut }
const sameByZod: Connected<z.input<typeof ZodOut>, z.output<typeof ZodIn>> = connect(url, zodOptions)
exactly<typeof byZod, typeof sameByZod>(true)
exactly<Go<typeof byZod>, { text: string; at: Date }>(true)
exactly<Come<typeof byZod>, { _tag: "Said"; text: string } | { _tag: "Count"; of: number }>(true)
const counted = byZod.request({ text: "", at: new Date() }, { match: ({ _tag }) => _tag === "Count" })
exactly<typeof counted, Promise<Come<typeof byZod>>>(true)
const narrowed = byZod.request({ text: "", at: new Date() }, { match: (it) => it._tag === "Count" })
exactly<typeof narrowed, Promise<{ _tag: "Count"; of: number }>>(true)
// @ts-expect-error Something is missing.
void byZod.send({ text: "hello" })
byZod.on("message", (message) => {
  // @ts-expect-error Not every message has a text.
  void message.text
  if (message._tag === "Count") exactly<typeof message.of, number>(true)
})
byZod.on("state", (state) => {
  if (state._tag === "Waiting") exactly<typeof state.delay, number>(true)
})
// @ts-expect-error There is no such event.
byZod.on("open", () => {})

const byEffect = connect(url, {
  outgoing: Schema.toStandardSchemaV1(Schema.flip(Outgoing)),
  incoming: Schema.toStandardSchemaV1(Incoming),
  signal: new AbortController().signal,
})
exactly<Go<typeof byEffect>, typeof Outgoing.Type>(true)
exactly<Come<typeof byEffect>, typeof Incoming.Type>(true)

const byNobody = connect(() => fetch("/token").then((response) => response.text()))
exactly<Go<typeof byNobody>, unknown>(true)
exactly<Come<typeof byNobody>, unknown>(true)
// @ts-expect-error There is no such setting.
connect(url, { reconect: false })
// @ts-expect-error A policy that needs a service gets none.
connect(url, { reconnect: onTuesdays })
