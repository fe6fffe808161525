/**
 * A WebSocket client whose messages are typed and checked in both directions, whose failures are in the type, and
 * whose lifetime is a scope.
 *
 * *Example*
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const chat = yield* WsClient.make({ url: "wss://example.org/chat", outgoing: Say, incoming: Said })
 *   yield* chat.send({ text: "Hello" })
 *   yield* Stream.runForEach(chat.messages, ({ by, text }) => Console.log(`${by}: ${text}`))
 * })
 * ```
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { BlobLike } from "../core/Payload.ts"
import type { Client } from "./Client.ts"
import * as Codec from "./Codec.ts"
import { dial, type Options } from "./dial.ts"
import type { BufferOverflow, InvalidUrl } from "./Errors.ts"

export type { Problem, RequestOptions } from "./Client.ts"
export type { Options } from "./dial.ts"
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
  OutboxFull,
  type Over,
  RequestTimeout,
  RetriesExhausted,
  type SendError,
} from "./Errors.ts"
export { Network } from "./Network.ts"
export type { Buffering } from "./Session.ts"
export type { Settings } from "./Settings.ts"
export type { State } from "./State.ts"

/** A connection whose messages are typed and checked in both directions. */
export interface WsClient<in Out, out In, out Lag = BufferOverflow> extends Client<Out, In, Lag> {}

/** What can be written as a frame. */
type Written = string | ArrayBuffer | ArrayBufferView<ArrayBufferLike> | BlobLike

/** What a frame comes as: text, bytes, or, with `binaryType: "blob"`, a `Blob`. */
type Received = string | Uint8Array<ArrayBufferLike> | BlobLike

/** How messages look, and how they become frames. */
export interface Messages<Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> {
  /** The schema of what is sent. */
  readonly outgoing: Outgoing
  /** The schema of what comes. */
  readonly incoming: Incoming
  /**
   * `json`: messages are JSON text (the default). `raw`: the encoded sides of the schemas are the frames themselves,
   * strings or a `Uint8Array`.
   */
  readonly format?:
    | "json"
    | ([Outgoing["Encoded"], Incoming["Encoded"]] extends [Written, Received] ? "raw" : never)
    | undefined
}

type Url = Options["url"]
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
 * A client for the life of the scope. It dials at once and succeeds without waiting for the answer: messages wait
 * until the connection is open. Closing the scope closes the connection.
 *
 * WebSockets are made by `Socket.WebSocketConstructor`: the platform's, unless another is provided.
 */
export const make = <
  Outgoing extends Schema.Constraint,
  Incoming extends Schema.Constraint,
  U extends Url,
  O extends Overflow = undefined,
>(
  options: Dial<U, O> & Messages<Outgoing, Incoming>,
): Effect.Effect<
  WsClient<Outgoing["Type"], Incoming["Type"], Lag<O>>,
  MakeError<U>,
  Scope.Scope | Services<U, Outgoing, Incoming>
> => {
  const codec = options.format === "raw" ? Codec.raw : Codec.json
  // That a URL which is an effect cannot be invalid, and a subscriber that loses messages cannot fail, is in the types
  // alone.
  return dial(codec(options.outgoing, options.incoming), options) as never
}

/**
 * A client as a service, for programs to depend on and for tests to replace.
 *
 * *Example*
 *
 * ```ts
 * class Chat extends WsClient.Service<Chat>()("app/Chat", { outgoing: Say, incoming: Said }) {}
 *
 * const program = Effect.gen(function* () {
 *   const chat = yield* Chat
 *   yield* chat.send({ text: "Hello" })
 * })
 * Effect.runPromise(Effect.provide(program, Chat.layer({ url: "wss://example.org/chat" })))
 * ```
 */
export const Service =
  <Self>() =>
  <const Id extends string, Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
    id: Id,
    messages: Messages<Outgoing, Incoming>,
  ): Context.ServiceClass<Self, Id, WsClient<Outgoing["Type"], Incoming["Type"]>> & {
    /** Makes the client of the service, for the life of the layer. */
    readonly layer: <U extends Url>(
      options: Dial<U, Overflow>,
    ) => Layer.Layer<Self, MakeError<U>, Exclude<Services<U, Outgoing, Incoming>, Scope.Scope>>
  } => {
    class Tag extends Context.Service<Self, WsClient<Outgoing["Type"], Incoming["Type"]>>()(id) {
      static readonly layer = <U extends Url>(options: Dial<U, Overflow>) =>
        Layer.effect(Tag, make({ ...options, ...messages }))
    }
    return Tag
  }
