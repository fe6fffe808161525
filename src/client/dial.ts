/** A client over a connection of its own. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Connection from "../core/Connection.ts"
import type { Hooks } from "../core/Hooks.ts"
import { DialError, WebSocketConstructor } from "../core/Socket.ts"
import * as Codec from "./Codec.ts"
import { check, oneOf, subprotocols } from "./check.ts"
import { dropped, type InvalidUrl, why } from "./Errors.ts"
import { Network } from "./Network.ts"
import { adapt } from "./RuntimeWebSocket.ts"
import { type Buffering, Session } from "./Session.ts"
import { type Settings, toCore } from "./Settings.ts"
import { failed, fromCore, waiting } from "./State.ts"
import type { Envelope } from "./Transport.ts"
import { resolve, type UrlLike } from "./Url.ts"

/** What to dial, and how. */
export interface Options extends Settings, Buffering {
  /**
   * The URL to dial: a string, a `URL`, or an effect that is evaluated before every dial, for tokens that expire. If it
   * fails, so has the attempt, and `problems` emits a `DialError`. A relative one has the base of the page or worker, if
   * there is one; a path that begins with `/` belongs to the page's own host, also under a `<base>` of another, and `ws:/path`
   * to that host, too. `http:` and `https:` become `ws:` and `wss:`, and a fragment is dropped (WHATWG WebSockets, "get a URL
   * record").
   */
  readonly url: string | UrlLike | Effect.Effect<string | UrlLike, unknown, unknown>
  /**
   * The subprotocols to offer (RFC 6455 §1.9).
   *
   * @default []
   */
  readonly protocols?: string | ReadonlyArray<string> | undefined
  /**
   * How a `raw` schema receives binary frames: as a `Uint8Array`, or, with `"blob"`, as a `Blob`.
   *
   * @default "arraybuffer"
   */
  readonly binaryType?: "arraybuffer" | "blob" | undefined
}

/** Makes a client for the life of the scope, and dials at once. */
export const dial = <Out, In, R>(
  codec: Codec.Codec<Out, In, R>,
  options: Options,
): Effect.Effect<Session<Out, In>, InvalidUrl, Scope.Scope | R> =>
  Effect.gen(function* () {
    const settings = toCore(options)
    const protocols = check("protocols", subprotocols, options.protocols, [])
    const binaryType = check("binaryType", oneOf("arraybuffer", "blob"), options.binaryType, "arraybuffer")
    const url = Effect.isEffect(options.url)
      ? Effect.timeoutOrElse(
          Effect.flatMap(options.url as Effect.Effect<string | UrlLike, unknown>, resolve),
          { duration: settings.connectTimeout, orElse: () => Effect.fail(late(settings.connectTimeout)) },
        )
      : Effect.succeed(yield* resolve(options.url))
    const network = yield* Network
    const construct = yield* makesSockets
    const fork = Effect.runForkWith(yield* Effect.context<never>())

    const connection: Connection.Connection<Envelope> = yield* Connection.make(
      settings,
      hooks(() => session, url, protocols, network),
    ).pipe(
      Effect.provideService(WebSocketConstructor, (request) =>
        adapt(Object.assign(construct(request), { binaryType }), settings.closeTimeout, fork),
      ),
    )
    const session = yield* Session.make(
      yield* Codec.provided(codec),
      {
        send: (envelope) => connection.send(envelope),
        waiting: () => connection.outbox.toArray(),
        withdraw: (envelopes) =>
          connection.outbox.replace(
            connection.outbox.toArray().filter((envelope) => !envelopes.includes(envelope)),
          ),
        sendFirst: (envelopes) => connection.outbox.replace([...envelopes, ...connection.outbox.toArray()]),
        reconnect: () => connection.reconnect(),
        close: (code, reason) => connection.close(code, reason),
      },
      options,
      { _tag: "Connecting", attempt: 0 },
    )
    yield* Effect.acquireRelease(
      Effect.sync(() => network.onOnline(() => connection.wake())),
      (stop) => Effect.sync(stop),
    )
    connection.reconnect()
    return session
  })

/** What makes the sockets. Dies on a platform without WebSockets, where no attempt could succeed. */
const makesSockets = Effect.flatMap(WebSocketConstructor, (construct) =>
  construct !== platformConstructor || platform.WebSocket !== undefined
    ? Effect.succeed(construct)
    : Effect.die(
        new Error(
          "there is no WebSocket on this platform: use Node 22 or newer, or give a constructor (Socket.WebSocketConstructor)",
        ),
      ),
)

const platform = globalThis as { readonly WebSocket?: unknown }
const platformConstructor = Context.get(Context.empty(), WebSocketConstructor)

const late = (connectTimeout: number): Error =>
  new Error(`url did not settle within ${connectTimeout} ms (connectTimeout)`)

/** The hooks of the connection. None is called before the first dial. */
const hooks = <Out, In>(
  session: () => Session<Out, In>,
  url: Effect.Effect<string, unknown>,
  protocols: ReadonlyArray<string>,
  network: Network,
): Hooks<Envelope> => {
  return {
    online: network.isOnline,
    beforeDial: () =>
      Effect.mapBoth(url, {
        onSuccess: (url) => ({ url, protocols }),
        onFailure: (cause) => new DialError({ message: `no URL to dial: ${why(cause)}`, cause }),
      }),
    onState: (state) => {
      // The session ends with the scope by itself, and may not exist yet if the scope has closed.
      if (state._tag === "Ended") return
      const next = fromCore(state, session().state)
      if (next !== undefined) session().enter(next)
    },
    onRetry: (attempt, delay, closed) => session().enter(waiting(attempt, delay, closed)),
    onFailed: (attempts, closed) => session().enter(failed(attempts, closed)),
    onMessage: (frame) => session().receive(frame),
    onError: (error) => session().report(error),
    beforeSend: ({ payload }) => payload,
    afterSend: ({ written }) => written(),
    onDrop: (envelope, reason) => envelope.failed(dropped(envelope.value, reason)),
    onCancelled: () => {},
    onConnecting: () => {},
    onOpen: () => Effect.void,
    received: () => Effect.void,
    onClose: () => {},
    onStopped: () => {},
  }
}
