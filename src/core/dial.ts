/**
 * One WebSocket from dial to close, as a scoped resource: acquiring it constructs the WebSocket, closing its scope
 * closes the WebSocket and ends all calls of handlers.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as CloseCode from "./CloseCode.ts"
import { elapsed } from "./elapsed.ts"
import { guard } from "./guard.ts"
import { inWords } from "./inWords.ts"
import { type Payload, tagOf } from "./payloadOf.ts"
import { queueHandshake } from "./queueHandshake.ts"
import {
  DialError,
  type Request,
  SocketClosed,
  SocketError,
  type SocketEvent,
  WebSocketConstructor,
  type WebSocketLike,
} from "./Socket.ts"

export type { Socket }

/** Called in the turn of the event, and never after the scope of the socket has closed. */
export interface Handlers {
  readonly onMessage: (data: unknown) => void
  readonly onError: (error: SocketError) => void
}

/** Makes the end of a socket that this side abandons: code 1006, since there was no close frame (RFC 6455 §7.1.5). */
export const abandoned = (reason: string): SocketClosed =>
  new SocketClosed({ code: CloseCode.AbnormalClosure, reason, wasClean: false })

// WHATWG WebSockets, `readyState`.
const OPEN = 1
const CLOSING = 2

/** Chromium returns a closed WebSocket if the page's Content-Security-Policy forbids the URL. */
const closedFromStart = "was closed from the start: does the page's Content-Security-Policy allow it?"

/** How long a handshake may take, in milliseconds. */
export interface Timeouts {
  /**
   * The opening handshake, from the end of the page's earlier ones with the same host; then `opened` fails with 1006.
   * Without limit if the WebSocket has no `readyState`.
   */
  readonly connectTimeout: number
  /** The closing handshake; then `closed` succeeds with 1006. */
  readonly closeTimeout: number
}

type Listener = (event: SocketEvent) => void

/** How an event arrives: at a listener, or at a property such as `onopen`. */
type Route = "listener" | "handler"

/** The events, in the order of `addEventListener`, which in a stand-in may emit at once: `message` comes last. */
const types = ["open", "close", "error", "message"] as const
type Type = (typeof types)[number]

/** The sockets that use each WebSocket: a page's constructor may return one object several times. */
const users = new WeakMap<WebSocketLike, Set<Socket>>()

/** Closes a WebSocket that ended by itself and might reconnect by itself, unless another socket uses it. */
export const hangUpUnused = (webSocket: WebSocketLike): void => {
  if (!users.get(webSocket)?.size) hangUp(webSocket)
}

/** Constructs a WebSocket, and listens to it. Fails with `DialError` if the constructor throws. */
export const dial = (
  request: Request,
  handlers: Handlers,
  timeouts: Timeouts,
): Effect.Effect<Socket, DialError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.catchDefect(
        Effect.sync(() => {
          const construct = Context.get(context, WebSocketConstructor)
          return new Socket(construct(request), request, handlers, context, timeouts)
        }),
        (cause) =>
          Effect.fail(
            new DialError({ message: `${request.url} cannot be dialled: ${inWords(cause)}`, cause }),
          ),
      ),
    ),
    (socket) => Effect.sync(() => socket.release()),
  )

class Socket {
  readonly webSocket: WebSocketLike
  /** How many frames have been received. */
  received = 0
  /** When the last frame was received, by `elapsed`. */
  receivedAt = 0

  readonly #context: Context.Context<never>
  readonly #closeTimeout: number
  readonly #url: string
  readonly #handlers: Handlers
  /** The sockets that use the same WebSocket. */
  readonly #users: Set<Socket>
  readonly #opened = Deferred.makeUnsafe<SocketEvent | undefined, SocketClosed>()
  readonly #closed = Deferred.makeUnsafe<SocketClosed>()
  readonly #listeners: ReadonlyArray<Listener>
  /** How events of each type first arrived from a stand-in: those that arrive by the other route are ignored. */
  #routes: { [T in Type]?: Route } | undefined
  /** Restore the page's own `onopen` and its like. */
  readonly #restores: Array<() => void> = []
  #phase: "live" | "closing" | "ended" | "released" = "live"
  /** Lets the next handshake with the host begin. */
  #endHandshake: (() => void) | undefined
  /** Abandons the socket if the peer does not answer in time. */
  #deadline: Fiber.Fiber<void> | undefined
  /** The effect of `endWith`. */
  #watchdog: Fiber.Fiber<void> | undefined

  constructor(
    webSocket: WebSocketLike,
    { signal, url }: Request,
    handlers: Handlers,
    context: Context.Context<never>,
    { closeTimeout, connectTimeout }: Timeouts,
  ) {
    this.webSocket = webSocket
    this.#context = context
    this.#closeTimeout = closeTimeout
    this.#url = url
    this.#handlers = handlers
    this.#listeners = types.map((type) => (event) => this.#receive(type, event, "listener"))
    this.#users = users.get(webSocket) ?? new Set()
    users.set(webSocket, this.#users.add(this))
    // Before the listeners: a socket may open from inside `addEventListener`. One that is shared is a stand-in, which the
    // browser does not queue.
    const wait = () =>
      this.#await(connectTimeout, `did not open within ${connectTimeout} ms (connectTimeout)`)
    if ((webSocket.readyState ?? OPEN) < OPEN) {
      if (this.#users.size > 1) wait()
      else this.#endHandshake = queueHandshake(String(webSocket.url ?? url), wait)
    }
    const options = signal && { signal }
    if (tagOf(webSocket) !== "WebSocket") this.#setHandlers()
    types.forEach(
      (type, at) => void webSocket.addEventListener(type, this.#listeners[at] as Listener, options),
    )
    // NaN compares with none of the states.
    const { readyState = Number.NaN } = webSocket
    if (readyState === OPEN) this.#open(undefined)
    else if (readyState >= CLOSING) this.#end(abandoned(closedFromStart))
  }

  /** Succeeds with the `open` event, if there was one. Fails if the socket ends before it has opened. */
  get opened(): Effect.Effect<SocketEvent | undefined, SocketClosed> {
    return Deferred.await(this.#opened)
  }

  /** Succeeds when the socket has ended. */
  get closed(): Effect.Effect<SocketClosed> {
    return Deferred.await(this.#closed)
  }

  /** Whether the WebSocket ended by itself, not by `close` or `release`. */
  get hasEnded(): boolean {
    return this.#phase === "ended"
  }

  /** Whether it is in use: neither ended, nor closed or released by this side. */
  get isLive(): boolean {
    return this.#phase === "live"
  }

  /** Whether a message can be written now. Browsers silently lose those that are sent while CLOSING. */
  get writable(): boolean {
    return this.isLive && (guard(() => this.webSocket.readyState, CLOSING) ?? OPEN) === OPEN
  }

  /** Releases the socket when `end` succeeds, unless it has ended before. Replaces the effect of an earlier call. */
  endWith(end: Effect.Effect<SocketClosed>): void {
    if (this.#phase === "released") return
    this.#watchdog?.interruptUnsafe()
    const release = Effect.map(end, (closed) => {
      this.release()
      this.#settle(closed)
    })
    this.#watchdog = Effect.runForkWith(this.#context)(release)
  }

  /** Writes a message at once. Throws what the WebSocket throws. */
  send(data: Payload): void {
    this.webSocket.send(data)
  }

  /**
   * Starts the closing handshake. `closed` succeeds with 1006 if the peer does not answer within `closeTimeout`. A code
   * that a page may not send is left out.
   */
  close(code?: number, reason?: string): void {
    if (!this.isLive) return
    const isShared = this.#leaveToOthers()
    this.adoptClose()
    if (isShared) this.#settle(abandoned("left to other connections"))
    else hangUp(this.webSocket, ...(code !== undefined && CloseCode.isSendable(code) ? [code, reason] : []))
  }

  /** Does what `close` does, but for the call of `webSocket.close`, which the page makes itself. */
  adoptClose(): void {
    if (!this.isLive) return
    this.#phase = "closing"
    this.#leaveToOthers()
    this.#clearTimers()
    this.#await(this.#closeTimeout, "the closing handshake timed out")
  }

  /** Sets `onopen` and its like, for stand-ins that call nothing else. The page's own handlers are called first. */
  #setHandlers(): void {
    const webSocket = this.webSocket as WebSocketLike & Record<string, unknown>
    this.#routes = {}
    for (const type of ["open", "close", "error"] as const) {
      const name = `on${type}`
      const before = webSocket[name]
      const handler = (event?: SocketEvent | null): void => {
        if (typeof before === "function") before.call(webSocket, event)
        this.#receive(type, event ?? {}, "handler")
      }
      try {
        webSocket[name] = handler
        this.#restores.push(() => {
          if (webSocket[name] === handler) webSocket[name] = before
        })
      } catch {
        // A property that cannot be set: the stand-in has to emit events.
      }
    }
  }

  #receive(type: Type, event: SocketEvent, route: Route): void {
    const routes = this.#routes
    if (routes !== undefined) routes[type] ??= route
    if (this.#phase === "released" || (routes !== undefined && routes[type] !== route)) return
    switch (type) {
      case "open":
        this.#open(event)
        break
      case "close":
        this.#end(fromEvent(event))
        break
      case "error":
        // Closing a socket that has not opened emits an `error`, which is no failure.
        if (this.isLive) {
          const what = Deferred.isDoneUnsafe(this.#opened) ? "broke" : "could not be opened"
          this.#handlers.onError(new SocketError({ message: `${this.#url} ${what}`, cause: event }))
        }
        break
      case "message":
        this.received++
        this.receivedAt = elapsed(Context.get(this.#context, Clock.Clock))
        this.#handlers.onMessage(event.data)
    }
  }

  #open(event: SocketEvent | undefined): void {
    // A stand-in may open twice.
    if (this.isLive && !this.#watchdog) this.#clearTimers()
    Deferred.doneUnsafe(this.#opened, Effect.succeed(event))
  }

  #end(closed: SocketClosed): void {
    if (this.isLive) {
      this.#leaveToOthers()
      this.#phase = "ended"
    }
    this.#settle(closed)
  }

  #settle(closed: SocketClosed): void {
    this.#clearTimers()
    Deferred.doneUnsafe(this.#opened, Effect.fail(closed))
    Deferred.doneUnsafe(this.#closed, Effect.succeed(closed))
  }

  /** Abandons the socket with this reason after `timeout`. */
  #await(timeout: number, reason: string): void {
    const late = Effect.sync(() => this.#settle(abandoned(reason)))
    this.#deadline = Effect.runForkWith(this.#context)(Effect.delay(late, timeout))
  }

  #clearTimers(): void {
    this.#deadline?.interruptUnsafe()
    this.#endHandshake?.()
    this.#watchdog?.interruptUnsafe()
  }

  /** @internal Closes the WebSocket, and stops listening. */
  release(): void {
    const { isLive, webSocket } = this
    this.#phase = "released"
    this.#clearTimers()
    // A socket of `ws` emits an `error` if it is closed before it has opened, and throws it if nobody listens.
    guard(() => void webSocket.on?.("error", () => {}))
    if (isLive && !this.#leaveToOthers()) hangUp(webSocket)
    types.forEach((type, at) => void webSocket.removeEventListener?.(type, this.#listeners[at] as Listener))
    for (const restore of this.#restores) restore()
  }

  /** Stops using the WebSocket. Returns whether other sockets still use it. */
  #leaveToOthers(): boolean {
    this.#users.delete(this)
    return this.#users.size > 0
  }
}

const fromEvent = (event: SocketEvent): SocketClosed =>
  new SocketClosed({
    code: event.code ?? CloseCode.NoStatusReceived,
    reason: event.reason ?? "",
    wasClean: event.wasClean ?? false,
    event,
  })

/** Closes a WebSocket. `close` throws if it does not accept the code or the reason; stand-ins may throw anything. */
const hangUp = (webSocket: WebSocketLike, ...frame: ReadonlyArray<unknown>): void => {
  try {
    webSocket.close(...(frame as [number, string]))
  } catch {
    // Again without the reason, and then without the code.
    if (frame.length > 0) hangUp(webSocket, ...frame.slice(0, -1))
  }
}
