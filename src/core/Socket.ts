/**
 * One WebSocket from dial to close, as a scoped resource: acquiring it constructs the socket, closing its
 * scope hangs up and silences it for good.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as CloseCode from "./CloseCode.ts"
import { guard } from "./guard.ts"
import { inWords } from "./inWords.ts"
import { type Payload, tagOf } from "./Payload.ts"

export type { Socket }

/** What is read of the events of a WebSocket. */
export interface SocketEvent {
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/**
 * What is used of a WebSocket: the platform's own, or anything that behaves like it. An object without
 * `readyState` counts as open for sending.
 */
export interface WebSocketLike {
  readonly readyState?: number
  send(data: Payload): void
  close(code?: number, reason?: string): void
  addEventListener(type: string, listener: (event: SocketEvent) => void, options?: object): void
  removeEventListener?(type: string, listener: (event: SocketEvent) => void): void
}

/** What to dial: an absolute `ws:` or `wss:` URL, and the subprotocols to offer. */
export interface Request {
  readonly url: string
  readonly protocols: ReadonlyArray<string>
  /** An `AbortSignal` that the listeners of the socket are attached with. */
  readonly signal?: object
}

declare const WebSocket: new (url: string, protocols: Array<string>) => WebSocketLike

/**
 * How a WebSocket is made: by the platform's own `WebSocket`, looked up at each dial, unless told otherwise. It may
 * throw: that is a failed attempt.
 */
export const WebSocketConstructor: Context.Reference<(request: Request) => WebSocketLike> = Context.Reference(
  "htmx-ext-effect-ws/WebSocketConstructor",
  {
    defaultValue:
      () =>
      ({ protocols, url }: Request): WebSocketLike =>
        new WebSocket(url, [...protocols]),
  },
)

/** The end of a socket, as a value (WHATWG `CloseEvent`). */
export class SocketClosed extends Data.TaggedClass("SocketClosed")<{
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  /** The event that told it; absent where we gave up on the socket ourselves. */
  readonly event?: SocketEvent
}> {}

/** An end that the peer had no part in: RFC 6455 keeps 1006 for it. */
export const abandoned = (reason: string): SocketClosed =>
  new SocketClosed({ code: CloseCode.AbnormalClosure, reason, wasClean: false })

/** An attempt that came to nothing before there was a socket. */
export class DialError extends Data.TaggedError("DialError")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** A socket that has failed. Browsers do not say why: refused, unreachable and broken look the same to a page. */
export class SocketError extends Data.TaggedError("SocketError")<{
  readonly message: string
  readonly cause: SocketEvent
}> {}

/** What a socket tells while it lasts. Called in the turn of the event, never after the socket's scope has closed. */
export interface Handlers {
  readonly onMessage: (data: unknown) => void
  readonly onError: (error: SocketError) => void
}

// WHATWG WebSockets, `readyState`.
const OPEN = 1
const CLOSING = 2

/** Chromium gives a closed socket at once where the page's policy forbids it. */
const stillborn = "was closed from the start: does the page's Content-Security-Policy allow it?"

/** How long, in milliseconds, a peer may take to answer. */
export interface Timeouts {
  /** The handshake. Past it, `opened` fails with 1006; a WebSocket without `readyState` may never tell, and has for ever. */
  readonly connectTimeout: number
  /** The closing handshake. Past it, the socket is abandoned: `closed` tells 1006. */
  readonly closeTimeout: number
}

type Listener = (event: SocketEvent) => void

/** How an event comes: to a listener, or to a property as `onopen`. */
type Way = "listener" | "handler"

/** What is listened to. `message` comes last: a stand-in may emit from inside `addEventListener`. */
const types = ["open", "close", "error", "message"] as const
type Type = (typeof types)[number]

/** Who holds each WebSocket: a page's constructor may give one object to several. */
const holders = new WeakMap<WebSocketLike, Array<Socket>>()

/** Closes a WebSocket that was left, unless others hold it. Its own state says nothing: it may reconnect by itself. */
export const hangUpLeft = (webSocket: WebSocketLike): void => {
  if (!holders.get(webSocket)?.length) hangUp(webSocket)
}

/** Constructs a WebSocket and listens to it; fails with `DialError` where the constructor throws. */
export const dial = (
  request: Request,
  handlers: Handlers,
  timeouts: Timeouts,
): Effect.Effect<Socket, DialError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.try({
        try: () => {
          const construct = Context.get(context, WebSocketConstructor)
          return new Socket(construct(request), request, handlers, context, timeouts)
        },
        catch: (cause) =>
          new DialError({ message: `${request.url} cannot be dialled: ${inWords(cause)}`, cause }),
      }),
    ),
    (socket) => Effect.sync(() => socket.release()),
  )

class Socket {
  readonly webSocket: WebSocketLike
  /** Frames received so far. */
  received = 0
  /** Called with each frame, if anybody watches for signs of life. */
  onFrame: (() => void) | undefined

  readonly #context: Context.Context<never>
  readonly #closeTimeout: number
  readonly #url: string
  readonly #handlers: Handlers
  readonly #opened = Deferred.makeUnsafe<SocketEvent | undefined, SocketClosed>()
  readonly #closed = Deferred.makeUnsafe<SocketClosed>()
  readonly #listeners: ReadonlyArray<Listener>
  /** The way by which events of each type come to a stand-in. If it uses both, the first counts. */
  #ways: { [T in Type]?: Way } | undefined
  /** Puts back what the page had in the properties. */
  readonly #handled: Array<() => void> = []
  #phase: "live" | "closing" | "ended" | "released" = "live"
  /** What happens unless the peer answers. */
  #deadline: Fiber.Fiber<void> | undefined
  /** What may end the socket besides. */
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
    this.#listeners = types.map((type) => (event) => this.#hear(type, event, "listener"))
    if (!holders.get(webSocket)?.push(this)) holders.set(webSocket, [this])
    const options = signal && { signal }
    if (tagOf(webSocket) !== "WebSocket") this.#handle()
    types.forEach(
      (type, at) => void webSocket.addEventListener(type, this.#listeners[at] as Listener, options),
    )
    // Without one, it is none of these.
    const { readyState = Number.NaN } = webSocket
    if (readyState === OPEN) this.#open(undefined)
    else if (readyState >= CLOSING) this.#end(abandoned(stillborn))
    else if (readyState < OPEN) {
      this.#await(connectTimeout, () => {
        const late = abandoned(`did not open within ${connectTimeout} ms (connectTimeout)`)
        Deferred.doneUnsafe(this.#opened, Effect.fail(late))
      })
    }
  }

  /** Succeeds with the `open` event, if there was one; fails when the socket ends before it has opened. */
  get opened(): Effect.Effect<SocketEvent | undefined, SocketClosed> {
    return Deferred.await(this.#opened)
  }

  /** Succeeds when the socket has ended. */
  get closed(): Effect.Effect<SocketClosed> {
    return Deferred.await(this.#closed)
  }

  /** Whether the WebSocket has ended without our closing it. */
  get hasEnded(): boolean {
    return this.#phase === "ended"
  }

  /** Whether what is sent now is written. Browsers lose silently what is sent while CLOSING. */
  get writable(): boolean {
    return this.#phase === "live" && (guard(() => this.webSocket.readyState, CLOSING) ?? OPEN) === OPEN
  }

  /** Gives the socket up as `verdict` says, unless it has ended before. Closing its scope hangs up then. */
  endWith(verdict: Effect.Effect<SocketClosed>): void {
    if (this.#phase === "released") return
    this.#watchdog?.interruptUnsafe()
    const end = Effect.map(verdict, (closed) => this.#settle(closed))
    this.#watchdog = Effect.runForkWith(this.#context)(end)
  }

  /** Writes at once. Throws what the WebSocket throws. */
  send(data: Payload): void {
    this.webSocket.send(data)
  }

  /**
   * Starts the closing handshake. A peer that does not answer within the close timeout is abandoned:
   * `closed` then tells 1006. A code that a page may not send is left out.
   */
  close(code?: number, reason?: string): void {
    if (this.#phase !== "live") return
    const isShared = this.#leaveToOthers()
    this.adoptClose()
    if (isShared) this.#settle(abandoned("left to other connections"))
    else hangUp(this.webSocket, ...(code !== undefined && CloseCode.isSendable(code) ? [code, reason] : []))
  }

  /** Like `close`, for a WebSocket whose `close` the page calls itself. */
  adoptClose(): void {
    if (this.#phase !== "live") return
    this.#phase = "closing"
    this.#leaveToOthers()
    this.#await(this.#closeTimeout, () => this.#settle(abandoned("the closing handshake timed out")))
  }

  /** Sets `onopen` and its like, for stand-ins that call these themselves. What the page had there is called first. */
  #handle(): void {
    const webSocket = this.webSocket as WebSocketLike & Record<string, unknown>
    this.#ways = {}
    for (const type of ["open", "close", "error"] as const) {
      const name = `on${type}`
      const before = webSocket[name]
      const handler = (event?: SocketEvent | null): void => {
        if (typeof before === "function") before.call(webSocket, event)
        this.#hear(type, event ?? {}, "handler")
      }
      try {
        webSocket[name] = handler
        this.#handled.push(() => {
          if (webSocket[name] === handler) webSocket[name] = before
        })
      } catch {
        // One that cannot be changed calls nothing of ours.
      }
    }
  }

  #hear(type: Type, event: SocketEvent, way: Way): void {
    const ways = this.#ways
    if (ways !== undefined) ways[type] ??= way
    if (this.#phase === "released" || (ways !== undefined && ways[type] !== way)) return
    switch (type) {
      case "open":
        this.#open(event)
        break
      case "close":
        this.#end(fromEvent(event))
        break
      case "error":
        // A socket that we are closing before it has opened says `error`: no news to anybody.
        if (this.#phase === "live") {
          const what = Deferred.isDoneUnsafe(this.#opened) ? "broke" : "could not be opened"
          this.#handlers.onError(new SocketError({ message: `${this.#url} ${what}`, cause: event }))
        }
        break
      case "message":
        this.received++
        this.onFrame?.()
        this.#handlers.onMessage(event.data)
    }
  }

  #open(event: SocketEvent | undefined): void {
    if (this.#phase === "live") this.#clearDeadline()
    Deferred.doneUnsafe(this.#opened, Effect.succeed(event))
  }

  #end(closed: SocketClosed): void {
    if (this.#phase === "live") {
      this.#leaveToOthers()
      this.#phase = "ended"
    }
    this.#settle(closed)
  }

  #settle(closed: SocketClosed): void {
    this.#clearDeadline()
    this.#watchdog?.interruptUnsafe()
    Deferred.doneUnsafe(this.#opened, Effect.fail(closed))
    Deferred.doneUnsafe(this.#closed, Effect.succeed(closed))
  }

  #await(timeout: number, late: () => void): void {
    this.#clearDeadline()
    this.#deadline = Effect.runForkWith(this.#context)(Effect.delay(Effect.sync(late), timeout))
  }

  /** The peer has answered, or nobody waits for it any more. */
  #clearDeadline(): void {
    this.#deadline?.interruptUnsafe()
    this.#deadline = undefined
  }

  /** @internal Hangs up, and listens no longer: the scope has closed. */
  release(): void {
    const { webSocket } = this
    const phase = this.#phase
    this.#phase = "released"
    this.#clearDeadline()
    this.#watchdog?.interruptUnsafe()
    if (phase === "live" && !this.#leaveToOthers()) hangUp(webSocket)
    types.forEach((type, at) => void webSocket.removeEventListener?.(type, this.#listeners[at] as Listener))
    for (const putBack of this.#handled) putBack()
  }

  /** Lets go of the WebSocket, once, and tells whether others still hold it. */
  #leaveToOthers(): boolean {
    const others = (holders.get(this.webSocket) ?? []).filter((holder) => holder !== this)
    holders.set(this.webSocket, others)
    return others.length > 0
  }
}

const fromEvent = (event: SocketEvent): SocketClosed =>
  new SocketClosed({
    code: event.code ?? CloseCode.NoStatusReceived,
    reason: event.reason ?? "",
    wasClean: event.wasClean ?? false,
    event,
  })

/** `close` throws for a code or a reason that it does not take, and stand-ins for reasons of their own. */
const hangUp = (webSocket: WebSocketLike, ...frame: ReadonlyArray<unknown>): void => {
  try {
    webSocket.close(...(frame as [number, string]))
  } catch {
    // It may take one that says less.
    if (frame.length > 0) hangUp(webSocket, ...frame.slice(0, -1))
  }
}
