/**
 * A WebSocket client whose messages are typed and checked in both directions, whose failures are in the type, and
 * whose lifetime is a scope.
 *
 * **Example**
 *
 * ```ts
 * import { Console, Effect, Schema, Stream } from "effect"
 * import { WsClient } from "htmx-ext-effect-ws"
 *
 * const Say = Schema.Struct({ text: Schema.String })
 * const Said = Schema.Struct({ by: Schema.String, text: Schema.String })
 *
 * const program = Effect.gen(function* () {
 *   const chat = yield* WsClient.make({ url: "wss://example.org/chat", outgoing: Say, incoming: Said })
 *   yield* chat.send({ text: "Hello" })
 *   yield* Stream.runForEach(Stream.take(chat.messages, 1), ({ by, text }) => Console.log(`${by}: ${text}`))
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { BlobLike } from "../core/Payload.ts"
import type { Client, Protocol } from "./Client.ts"
import { type Format, formats } from "./Codec.ts"
import { check } from "./check.ts"
import { dial, type Options } from "./dial.ts"
import type { BufferOverflow, InvalidUrl } from "./Errors.ts"
import * as SchemaCodec from "./SchemaCodec.ts"

export type { Buffering } from "./Buffering.ts"
export type { Opening, Problem, Protocol, RequestOptions } from "./Client.ts"
export type { AnyWebSocket, DialRequest, Options } from "./dial.ts"
export {
  BufferOverflow,
  ConnectionClosed,
  ConnectionLost,
  DecodeError,
  EncodeError,
  InvalidUrl,
  MessageDiscarded,
  MessageExpired,
  MessageRefused,
  MessagesLost,
  OutboxFull,
  type Over,
  RequestTimeout,
  RetriesExhausted,
  type SendError,
} from "./Errors.ts"
export { Network } from "./Network.ts"
export type { Settings } from "./Settings.ts"
export type { State } from "./State.ts"

/** A connection whose messages are typed and checked in both directions. */
export interface WsClient<in Out, out In, out Lag = BufferOverflow> extends Client<Out, In, Lag> {}

/** What can be written as a frame. */
type Written = string | ArrayBuffer | ArrayBufferView<ArrayBufferLike> | BlobLike

/** What a frame is received as: text, bytes, or, with `binaryType: "blob"`, a `Blob`. */
type Received = string | Uint8Array<ArrayBufferLike> | BlobLike

/** The schemas of messages, and how messages become frames. */
export interface Messages<Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> {
  /** The schema of outgoing messages. */
  readonly outgoing: Outgoing
  /** The schema of incoming messages. */
  readonly incoming: Incoming
  /**
   * `"json"`: messages are JSON text. `"json-bytes"`: they are JSON in binary frames. (Either kind of frame is received
   * with both.) `"raw"`: the encoded sides of the schemas are the frames.
   *
   * @default "json"
   */
  readonly format?:
    | "json"
    | "json-bytes"
    | ([Outgoing["Encoded"], Incoming["Encoded"]] extends [Written, Received] ? "raw" : never)
    | undefined
}

type Url = Options["url"]
/** What happens if the buffer of a subscriber is full. */
export type Overflow = Options["overflow"]

/** What to dial and how, with what its types depend on. */
type Dial<U extends Url, O extends Overflow> = Options & { readonly url: U; readonly overflow?: O }

/** How making a client that dials this URL can fail. */
export type MakeError<U extends Url> = U extends Effect.Effect<unknown, unknown, unknown> ? never : InvalidUrl

/** The failure of a subscriber that has fallen behind. */
export type Lag<O extends Overflow> = [O] extends ["drop-oldest" | "drop-newest"] ? never : BufferOverflow

type Services<U extends Url, Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> =
  | (U extends Effect.Effect<unknown, unknown, infer R> ? R : never)
  | Outgoing["EncodingServices"]
  | Incoming["DecodingServices"]

/**
 * Makes a client for the life of the scope. Fails with `InvalidUrl` if `url` is not the URL of a WebSocket.
 *
 * **Details**
 *
 * It dials at once, and succeeds before the connection is open: messages wait until then. Closing the scope closes the
 * connection. `Socket.WebSocketConstructor` makes the WebSockets, by default the platform's.
 */
export const make = <
  Outgoing extends Schema.Constraint,
  Incoming extends Schema.Constraint,
  U extends Url,
  O extends Overflow = undefined,
>(
  options: Dial<U, O> & Messages<Outgoing, Incoming> & Protocol<Outgoing["Type"], Incoming["Type"]>,
): Effect.Effect<
  WsClient<Outgoing["Type"], Incoming["Type"], Lag<O>>,
  MakeError<U>,
  Scope.Scope | Services<U, Outgoing, Incoming>
> => {
  const codec = Effect.map(format(options), (format) =>
    format === "raw"
      ? SchemaCodec.raw(options.outgoing, options.incoming)
      : SchemaCodec.json(options.outgoing, options.incoming, format),
  )
  // Only the types know that an effect cannot be an invalid URL, and that a subscriber that loses messages cannot fail.
  return Effect.flatMap(codec, (codec) => dial(codec, options)) as never
}

const format = (options: { readonly format?: unknown }): Effect.Effect<Format> =>
  Effect.sync(() => check("format", formats, options.format, "json"))

/**
 * Makes the class of a service that is a client, for programs to depend on and for tests to replace.
 *
 * **Example**
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { WsClient } from "htmx-ext-effect-ws"
 *
 * const Say = Schema.Struct({ text: Schema.String })
 * const Said = Schema.Struct({ by: Schema.String, text: Schema.String })
 *
 * class Chat extends WsClient.Service<Chat>()("app/Chat", { outgoing: Say, incoming: Said }) {}
 *
 * const program = Effect.gen(function* () {
 *   const chat = yield* Chat
 *   yield* chat.send({ text: "Hello" })
 * })
 * await Effect.runPromise(Effect.provide(program, Chat.layer({ url: "wss://example.org/chat" })))
 * ```
 */
export const Service =
  <Self>() =>
  <const Id extends string, Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
    id: Id,
    messages: Messages<Outgoing, Incoming>,
  ): Context.ServiceClass<Self, Id, WsClient<Outgoing["Type"], Incoming["Type"]>> & {
    /** Makes the client, for the life of the layer. */
    readonly layer: <U extends Url>(
      options: Dial<U, Overflow> & Protocol<Outgoing["Type"], Incoming["Type"]>,
    ) => Layer.Layer<Self, MakeError<U>, Exclude<Services<U, Outgoing, Incoming>, Scope.Scope>>
  } => {
    class Tag extends Context.Service<Self, WsClient<Outgoing["Type"], Incoming["Type"]>>()(id) {
      static readonly layer = <U extends Url>(
        options: Dial<U, Overflow> & Protocol<Outgoing["Type"], Incoming["Type"]>,
      ) => Layer.effect(Tag, make({ ...options, ...messages }))
    }
    return Tag
  }
