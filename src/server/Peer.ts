/**
 * A page that is connected to this server by a WebSocket.
 *
 * **Details**
 *
 * `accept` is for Effect's HTTP server, whose requests can be upgraded on Node; `make` for sockets of other servers.
 *
 * **Example**
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { HttpRouter, HttpServerResponse } from "effect/http"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 * import { html, Peer } from "htmx-ext-effect-ws/server"
 *
 * const Echo = Channel.make("echo", { incoming: Schema.Struct({ text: Schema.String }) })
 *
 * const socket = Effect.gen(function* () {
 *   const peer = yield* Peer.accept(Echo, { origins: ["https://example.org"] })
 *   yield* peer.handle(({ values }) => peer.send(html`<p id="echo">${values.text}</p>`))
 *   return HttpServerResponse.empty()
 * })
 * export const route = HttpRouter.add("GET", "/echo", socket)
 * ```
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { HttpServerError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { SocketError } from "effect/socket/Socket"
import * as Channel from "../channel/Channel.ts"
import { signalFrame } from "./Entry.ts"
import { during } from "./Handling.ts"
import type { Html } from "./html.ts"
import { decodeFrame, isPing, type Message, pong, split } from "./message.ts"
import { nodeTransport } from "./nodeTransport.ts"
import { Outgoing } from "./Outgoing.ts"
import { once } from "./once.ts"
import { isAllowed, type Origins } from "./origins.ts"
import { isId } from "./Place.ts"
import type { Transport } from "./Transport.ts"

export type { Message } from "./message.ts"
export type { Origins } from "./origins.ts"
export type { Transport } from "./Transport.ts"

/** A connected page. */
export interface Peer<C extends Channel.Channel = Channel.Channel, out Identity = unknown> {
  readonly channel: C
  /** The result of `authorize`. */
  readonly identity: Identity
  /** The id of the last frame that the page shows, if it gives one. It is not verified. */
  readonly lastId: string | undefined
  /**
   * Emits the messages of the page, in order, and ends when the page has left. Run it once. A message that the schema of
   * the channel rejects is refused (`HX-Nack`) and logged. Pings are answered.
   */
  readonly messages: Stream.Stream<Message<Channel.Message<C>>>
  /**
   * Handles the messages of the page, one after the other, until it has left. A handled message is acknowledged. If the
   * handler fails, the message is refused, with the failure as the reason if that is a string, and the failure is logged.
   * If a page sends a message again since it got no answer, this process answers as the first time. Another process handles
   * it again, but does not add its entries to rooms a second time. For any other effect of a handler, recognize a repeated
   * message by `message.id`.
   */
  readonly handle: <E, R>(
    handler: (message: Message<Channel.Message<C>>) => Effect.Effect<unknown, E, R>,
  ) => Effect.Effect<void, never, R>
  /** Sends HTML to this page only: as the answer to a message, if one is given. It is not in the log of a room. */
  readonly send: (html: Html, answersTo?: Message<unknown>) => Effect.Effect<void>
  /** Sends a signal to this page only. */
  readonly signal: <Name extends Channel.SignalName<C>>(
    name: Name,
    value: Channel.Signal<C, Name>,
  ) => Effect.Effect<void>
  /** Acknowledges a message, if the page waits for an answer. */
  readonly ack: (message: Message<unknown>) => Effect.Effect<void>
  /** Refuses a message, for a reason that the page may show. */
  readonly nack: (message: Message<unknown>, reason: string) => Effect.Effect<void>
  /** Closes the socket when all frames have been read, with 1000 if no code is given. */
  readonly close: (code?: number, reason?: string) => Effect.Effect<void>
  /** @internal */
  readonly outgoing: Outgoing
}

/** How many frames may wait for a page, and how long. */
export interface Buffering {
  /**
   * How many frames may wait for a page that reads slowly.
   *
   * @default 256
   */
  readonly capacity?: number | undefined
  /**
   * What happens if there are more. `"resync"`: later entries wait in the logs of their rooms, and if those no longer have
   * them, the page gets the whole state. `"close"`: the socket is closed with 1013, and the page resumes when it dials again.
   *
   * @default "resync"
   */
  readonly slow?: "resync" | "close" | undefined
  /**
   * How long frames may wait while the page reads nothing, before the socket is closed with 1013.
   *
   * @default "30 seconds"
   */
  readonly patience?: Duration.Input | undefined
  /**
   * The parameter of the URL that holds the id of the last frame that the page shows.
   *
   * @default "last-id"
   */
  readonly param?: string | undefined
}

/** The options of `accept`. */
export interface Options<out Identity, out E, out R> extends Buffering {
  /**
   * The pages that may connect.
   *
   * @default "same"
   */
  readonly origins?: Origins | undefined
  /** Succeeds with the identity of the page, or fails if it may not connect. It runs before the handshake is answered. */
  readonly authorize?: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<Identity, E, R>
}

/** The handshake was refused. If a route fails with it, the response has its status and message. */
export class PeerRefused extends Data.TaggedError("PeerRefused")<{
  readonly status: number
  readonly message: string
}> {
  [HttpServerRespondable.symbol](): Effect.Effect<HttpServerResponse.HttpServerResponse> {
    return Effect.succeed(HttpServerResponse.text(this.message, { status: this.status }))
  }
}

/**
 * Accepts the WebSocket of a request, until the scope closes. Fails with `PeerRefused` if the request is no WebSocket
 * handshake, or if `origins` excludes its page, and with the failures of `authorize`.
 *
 * **Gotchas**
 *
 * The socket closes with the scope, which is that of the request if nothing else is provided: run `messages` or `handle`,
 * which end when the page has left. It closes with 1000, which pages do not retry, if the scope closes after a success; with
 * 1001 after an interruption, as when the server stops; and with 1011 after a failure.
 */
export const accept = <C extends Channel.Channel, Identity = undefined, E = never, R = never>(
  channel: C,
  options: Options<Identity, E, R> = {},
): Effect.Effect<
  Peer<C, Identity>,
  PeerRefused | HttpServerError | SocketError | E,
  HttpServerRequest.HttpServerRequest | Scope.Scope | R
> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { headers } = request
    if (headers.upgrade?.toLowerCase() !== "websocket")
      return yield* new PeerRefused({ status: 426, message: "a WebSocket was expected" })
    if (!isAllowed(options.origins ?? "same", headers.origin, headers.host))
      return yield* new PeerRefused({ status: 403, message: `${headers.origin} may not connect here` })
    // Only the types express that without `authorize` there is no identity.
    const identity = options.authorize ? yield* options.authorize(request) : (undefined as Identity)
    return yield* make(channel, yield* nodeTransport(request), identity, options)
  })

/** Makes a peer from a socket that has been accepted, for the life of the scope. */
export const make = <C extends Channel.Channel, Identity>(
  channel: C,
  transport: Transport,
  identity: Identity,
  options: Buffering = {},
): Effect.Effect<Peer<C, Identity>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const outgoing = yield* Outgoing.make(transport, {
      capacity: options.capacity ?? 256,
      patience: options.patience ?? "30 seconds",
      slow: options.slow ?? "resync",
    })
    yield* Effect.acquireRelease(Effect.forkDetach(outgoing.run), (running, exit) =>
      Effect.andThen(endWith(outgoing, exit), Fiber.await(running)),
    )
    const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(channel.incoming))
    const control = (frame: object): Effect.Effect<void> => outgoing.send(JSON.stringify(frame))

    const nack: Peer["nack"] = ({ id = "" }, reason) => control({ "HX-Nack": id, reason })
    const ack: Peer["ack"] = ({ id }) => (id === undefined ? Effect.void : control({ "HX-Ack": id }))
    const refuse = (message: Message<unknown>, cause: unknown) =>
      Effect.andThen(
        Effect.logWarning(`a message of a page does not fit the channel ${channel.name}`, cause),
        nack(message, "the message is not understood"),
      )

    /** Returns the message of a frame, or nothing if the frame has been answered already. */
    const read = (frame: string | Uint8Array): Effect.Effect<ReadonlyArray<Message<Channel.Message<C>>>> =>
      Effect.matchEffect(decodeFrame(frame), {
        onFailure: (error) => Effect.as(refuse(unreadable, error), []),
        onSuccess: (json) => {
          if (isPing(json)) return Effect.as(outgoing.send(pong), [])
          const message = split(json)
          return Effect.matchEffect(decode(message.values), {
            onFailure: (error) => Effect.as(refuse(message, error), []),
            onSuccess: (values) => Effect.succeed([{ ...message, values }]),
          })
        },
      })

    const messages: Peer<C>["messages"] = Stream.fromIterableEffectRepeat(transport.receive).pipe(
      Stream.mapEffect(read),
      Stream.flattenIterable,
    )

    return {
      channel,
      identity,
      lastId: lastIdOf(transport.url, options.param ?? "last-id"),
      messages,
      handle: (handler) =>
        Stream.runForEach(messages, (message) =>
          Effect.flatMap(
            once(channel, message.id, () =>
              Effect.matchCauseEffect(during(channel.name, message.id, handler(message)), {
                onFailure: (cause) => Effect.as(Effect.logError(cause), reasonOf(cause)),
                onSuccess: () => Effect.undefined,
              }),
            ),
            (refusal) => (refusal === undefined ? ack(message) : nack(message, refusal)),
          ),
        ),
      send: (html, answersTo) =>
        outgoing.send(answersTo?.id === undefined ? html.source : `<!--re:${answersTo.id}-->${html.source}`),
      signal: (name, value) =>
        Channel.encodeSignal(channel, name, value).pipe(
          Effect.orDie,
          Effect.flatMap((encoded) => outgoing.send(signalFrame(name, encoded))),
        ),
      ack,
      nack,
      close: (code = 1000, reason = "") => outgoing.close(code, reason),
      outgoing,
    }
  })

const endWith = (outgoing: Outgoing, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
  Exit.isSuccess(exit)
    ? outgoing.close(1000, "")
    : Effect.sync(() => (Cause.hasInterruptsOnly(exit.cause) ? outgoing.endGoing() : outgoing.endFailed()))

const unreadable: Message<undefined> = { values: undefined, headers: {}, id: undefined }

const lastIdOf = (url: string, param: string): string | undefined => {
  const given = new URL(url, "ws://any").searchParams.get(param)
  return given !== null && isId(given) ? given : undefined
}

/** Returns the reason to send to a page. Failures that are no strings, and defects, may contain secrets. */
const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const reason = Option.getOrUndefined(Cause.findErrorOption(cause))
  return typeof reason === "string" ? reason : "the message could not be handled"
}
