/** Makes a client over a connection of its own. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Connection from "../core/Connection.ts"
import type { Hooks } from "../core/Hooks.ts"
import {
  DialError,
  type Request,
  SocketError,
  WebSocketConstructor,
  type WebSocketLike,
} from "../core/Socket.ts"
import type { Buffering } from "./Buffering.ts"
import type { Protocol } from "./Client.ts"
import * as Codec from "./Codec.ts"
import { aFunction, check, count, headers, oneOf, type Reader, subprotocols } from "./check.ts"
import { dropped, type InvalidUrl, why } from "./Errors.ts"
import { Network } from "./Network.ts"
import type { Resume, Wiring } from "./Resume.ts"
import { adapt } from "./RuntimeWebSocket.ts"
import { Session } from "./Session.ts"
import { type Settings, toCore } from "./Settings.ts"
import { failed, fromCore, waiting } from "./State.ts"
import type { Envelope } from "./Transport.ts"
import { resolve, type UrlLike } from "./Url.ts"

/** What to dial, and how. */
export interface Options extends Settings, Buffering {
  /**
   * The URL to dial: a string, a `URL`, or an effect that runs before every dial, for tokens that expire. If it fails, the
   * attempt fails, and `problems` emits a `DialError`. A relative URL is resolved against the page or worker, if there is
   * one; a path that begins with `/` belongs to the page's own host, also under a `<base>` of another, and so does `ws:/path`.
   * `http:` and `https:` become `ws:` and `wss:`, and a fragment is dropped (WHATWG WebSockets, "get a URL record").
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
  /**
   * Makes the sockets: of `ws`, for example, with its own headers and TLS, or of any other class. Called at each dial; if
   * it throws, the attempt fails.
   *
   * @default Socket.WebSocketConstructor
   */
  readonly webSocket?: ((request: DialRequest) => AnyWebSocket) | undefined
  /**
   * Headers of the handshake, for the WebSockets of Node, Bun and Deno, and for `webSocket`. Browsers cannot send any.
   *
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * How many bytes may wait in the socket (`bufferedAmount`) before `send` waits: the message is written at once, but the
   * call succeeds when no more bytes than this wait, or the socket has ended.
   *
   * @default 1048576
   */
  readonly highWaterMark?: number | undefined
}

/** A WebSocket of any library. Their types differ in what they accept. */
export interface AnyWebSocket {
  readonly readyState?: number
  send(data: never): void
  close(code?: number, reason?: string): void
  addEventListener(type: never, listener: never): void
}

/** What to dial. */
export interface DialRequest extends Request {
  readonly headers: Readonly<Record<string, string>>
}

/** Makes a client for the life of the scope, and dials at once. */
export const dial = <Out, In, R>(
  codec: Codec.Codec<Out, In, R>,
  options: Options & Protocol<Out, In>,
): Effect.Effect<Session<Out, In>, InvalidUrl, Scope.Scope | R> =>
  Effect.gen(function* () {
    const settings = toCore(options)
    const ignoresCase =
      (yield* WebSocketConstructor) === platformConstructor &&
      options.webSocket === undefined &&
      /^(Node|Deno)/.test(`${platform.navigator?.userAgent}`)
    const protocols = check("protocols", subprotocols(ignoresCase), options.protocols, [])
    const binaryType = check("binaryType", oneOf("arraybuffer", "blob"), options.binaryType, "arraybuffer")
    const given = Effect.isEffect(options.url)
      ? Effect.timeoutOrElse(
          Effect.flatMap(options.url as Effect.Effect<string | UrlLike, unknown>, resolve),
          { duration: settings.connectTimeout, orElse: () => Effect.fail(late(settings.connectTimeout)) },
        )
      : Effect.succeed(yield* resolve(options.url))
    const network = yield* Network
    const onOpen = check("onOpen", aFunction, options.onOpen, undefined) as Protocol<Out, In>["onOpen"]
    const greet: Hooks<Envelope>["onOpen"] = (attempt) => {
      if (onOpen === undefined) return Effect.void
      const { socket } = connection.state
      const opening = session.opening(attempt, socket?.webSocket.protocol ?? "")
      return greeting(
        Effect.suspend(() => onOpen(opening)),
        settings.connectTimeout,
      )
    }
    const construct = yield* socketMaker(options)
    const highWaterMark = check("highWaterMark", count(0), options.highWaterMark, HIGH_WATER_MARK)
    const context = yield* Effect.context<never>()
    const fork = Effect.runForkWith(context)

    const provided = yield* Codec.provided(codec)
    const plain: Wiring = {
      url: given,
      receive: (frame) => session.receive(frame, provided.decode(frame)),
    }
    const { receive, url } =
      check("resume", aResume, options.resume, undefined)?.connect({
        url: given,
        decode: provided.decode,
        context,
        session: () => session,
        reconnect: () => connection.reconnect(),
      }) ?? plain

    /** Messages that are still in the queue, but not to be sent: to remove one takes time proportional to the queue. */
    const withdrawn = new Set<Envelope>()
    const limits = {
      ...settings,
      get queueCapacity() {
        return settings.queueCapacity + withdrawn.size
      },
    }
    const connection: Connection.Connection<Envelope> = yield* Connection.make(
      limits,
      hooks(() => session, url, protocols, network, greet, receive, withdrawn),
    ).pipe(
      Effect.provideService(WebSocketConstructor, (request) =>
        adapt(Object.assign(construct(request), { binaryType }), settings, () => session.pinged(), fork),
      ),
    )
    const { outbox } = connection
    const waiting = (): ReadonlyArray<Envelope> => {
      if (withdrawn.size > 0)
        outbox.replace(outbox.toArray().filter((envelope) => !withdrawn.delete(envelope)))
      return outbox.toArray()
    }
    /** Removes withdrawn messages from the front, since `drop-oldest` must not drop one in place of another. */
    const skip = (): void => {
      let entry = withdrawn.size > 0 ? outbox.take() : undefined
      while (entry !== undefined && withdrawn.delete(entry.message)) entry = outbox.take()
      if (entry !== undefined) outbox.putBack(entry)
    }
    const session: Session<Out, In> = yield* Session.make(
      provided,
      {
        send: (envelope) => {
          skip()
          connection.send(envelope)
        },
        sendNow: (envelope) => connection.sendNow(envelope) === "written",
        waiting,
        withdraw: (envelopes) => {
          for (const envelope of envelopes) withdrawn.add(envelope)
          if (withdrawn.size * 2 > outbox.size) waiting()
        },
        sendFirst: (envelopes) => outbox.replace([...envelopes, ...waiting()]),
        drained: drained(connection, highWaterMark, fork),
        reconnect: () => connection.reconnect(),
        close: (code, reason) => connection.close(code, reason),
      },
      options,
      { _tag: "Connecting", attempt: 0 },
      options,
    )
    yield* Effect.acquireRelease(
      Effect.sync(() => network.onOnline(() => connection.wake())),
      (stop) => Effect.sync(stop),
    )
    connection.reconnect()
    return session
  })

const aResume: Reader<Resume> = {
  expected: "what Resume.make returns",
  read: (value) => ((value as Resume).connect ? (value as Resume) : undefined),
}

/** In bytes. */
const HIGH_WATER_MARK = 1_048_576
/** How often `bufferedAmount` is read while too many bytes wait, in milliseconds. No event says that it has shrunk. */
const DRAINING = 10

/**
 * Succeeds when no more than `highWaterMark` bytes wait in the socket that is in use now, or when it has ended. All calls
 * for one socket share a timer.
 */
const drained = (
  connection: Connection.Connection<Envelope>,
  highWaterMark: number,
  fork: (effect: Effect.Effect<void>) => unknown,
): Effect.Effect<void> => {
  const waiting = new Map<unknown, Set<() => void>>()
  return Effect.suspend(() => {
    const { socket } = connection.state
    const isFull = (): boolean =>
      socket !== undefined &&
      connection.state.socket === socket &&
      Number(socket.webSocket.bufferedAmount) > highWaterMark
    const poll = (listeners: Set<() => void>) =>
      Effect.gen(function* () {
        do yield* Effect.sleep(DRAINING)
        while (isFull() && listeners.size > 0)
        waiting.delete(socket)
        for (const listener of listeners) listener()
      })
    if (!isFull()) return Effect.void
    return Effect.callback<void>((resume) => {
      const others = waiting.get(socket)
      const listeners = others ?? new Set()
      const listener = () => resume(Effect.void)
      waiting.set(socket, listeners.add(listener))
      if (others === undefined) fork(poll(listeners))
      return Effect.sync(() => listeners.delete(listener))
    })
  })
}

/** Returns the function that makes the sockets. Dies if it could never succeed. */
const socketMaker = (options: Options): Effect.Effect<(request: Request) => WebSocketLike> =>
  Effect.map(WebSocketConstructor, (service) => {
    const given = check("webSocket", aFunction, options.webSocket, undefined) as Options["webSocket"]
    const sent = check("headers", headers, options.headers, {})
    if (given !== undefined) return (request) => given({ ...request, headers: sent }) as WebSocketLike
    if (service === platformConstructor && platform.WebSocket === undefined)
      throw new Error(
        "there is no WebSocket on this platform: use Node 22 or newer, or give one (webSocket, Socket.WebSocketConstructor)",
      )
    if (Object.keys(sent).length === 0) return service
    if (service !== platformConstructor || (platform.process === undefined && platform.Deno === undefined))
      throw new TypeError(
        "headers cannot be sent: only the WebSockets of Node, Bun and Deno take them, or `webSocket`",
      )
    return ({ protocols, url }) =>
      new (platform.WebSocket as WithHeaders)(url, { protocols: [...protocols], headers: sent })
  })

type WithHeaders = new (url: string, options: object) => WebSocketLike

const platform = globalThis as {
  readonly WebSocket?: unknown
  readonly process?: unknown
  readonly Deno?: unknown
  readonly navigator?: { readonly userAgent?: string }
}
const platformConstructor = Context.get(Context.empty(), WebSocketConstructor)

/** Adds the runtime's own message to an error, if there is one. Browsers give none. */
const withOwnMessage = (error: SocketError): SocketError => {
  const { cause, message } = error
  const own = [cause, cause.error, cause.error?.cause].map((one) => one?.message).find((text) => text)
  return own === undefined ? error : new SocketError({ message: `${message}: ${own}`, cause })
}

/** Fails with `DialError` if `onOpen` fails, dies, or takes too long. */
const greeting = (
  onOpen: Effect.Effect<unknown, unknown>,
  timeout: number,
): Effect.Effect<unknown, DialError> => {
  const fail = (cause: unknown) =>
    Effect.fail(new DialError({ message: `onOpen failed: ${why(cause)}`, cause }))
  return Effect.timeoutOrElse(onOpen, {
    duration: timeout,
    orElse: () => Effect.fail(new Error(`onOpen did not settle within ${timeout} ms (connectTimeout)`)),
  }).pipe(Effect.catch(fail), Effect.catchDefect(fail))
}

const late = (connectTimeout: number): Error =>
  new Error(`url did not settle within ${connectTimeout} ms (connectTimeout)`)

/** Makes the hooks of the connection. None is called before the first dial. */
const hooks = <Out, In>(
  session: () => Session<Out, In>,
  url: Effect.Effect<string, unknown>,
  protocols: ReadonlyArray<string>,
  network: Network,
  greet: Hooks<Envelope>["onOpen"],
  receive: Wiring["receive"],
  withdrawn: Set<Envelope>,
): Hooks<Envelope> => {
  return {
    online: network.isOnline,
    beforeDial: () =>
      Effect.mapBoth(url, {
        onSuccess: (url) => ({ url, protocols }),
        onFailure: (cause) => new DialError({ message: `no URL to dial: ${why(cause)}`, cause }),
      }),
    onState: (state) => {
      // The session ends by itself with the scope, and may not exist if the scope has closed.
      if (state._tag === "Ended") return
      const next = fromCore(state, session().state)
      if (next !== undefined) session().enter(next)
    },
    onRetry: (attempt, delay, closed) => session().enter(waiting(attempt, delay, closed)),
    onFailed: (attempts, closed) => session().enter(failed(attempts, closed)),
    onMessage: receive,
    onError: (error) => session().report(error._tag === "SocketError" ? withOwnMessage(error) : error),
    beforeSend: (envelope) => (withdrawn.delete(envelope) ? undefined : envelope.payload),
    afterSend: (envelope) => {
      // It may be withdrawn while the socket writes it.
      withdrawn.delete(envelope)
      envelope.written()
    },
    onDrop: (envelope, reason) => {
      if (!withdrawn.delete(envelope)) envelope.failed(dropped(envelope.value, reason))
    },
    onCancelled: () => {},
    onConnecting: () => {},
    onOpen: greet,
    received: () => Effect.void,
    onClose: () => {},
    onStopped: () => {},
  }
}
