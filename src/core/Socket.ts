/**
 * One WebSocket from dial to close, as a scoped resource: acquiring it constructs the socket, closing its
 * scope hangs up and silences it for good.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as CloseCode from "./CloseCode.ts"
import { inWords } from "./inWords.ts"
import type { Payload } from "./Payload.ts"

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

/** Who holds each WebSocket: a page's constructor may give one object to several. */
const holders = new WeakMap<WebSocketLike, Set<Socket>>()

export class Socket {
  readonly webSocket: WebSocketLike
  /** Frames received so far. */
  received = 0
  /** Called with each frame, if anybody watches for signs of life. */
  onFrame: (() => void) | undefined

  readonly #scope: Scope.Scope
  readonly #closeTimeout: number
  readonly #opened = Deferred.makeUnsafe<SocketEvent | undefined, SocketClosed>()
  readonly #closed = Deferred.makeUnsafe<SocketClosed>()
  readonly #listeners: ReadonlyArray<readonly [type: string, listener: (event: SocketEvent) => void]>
  #phase: "live" | "closing" | "released" = "live"

  /** Constructs a WebSocket and listens to it; fails with `DialError` where the constructor throws. */
  static dial(
    request: Request,
    handlers: Handlers,
    closeTimeout: number,
  ): Effect.Effect<Socket, DialError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.gen(function* () {
        const construct = yield* WebSocketConstructor
        const scope = yield* Effect.scope
        return yield* Effect.try({
          try: () => new Socket(construct(request), request, handlers, scope, closeTimeout),
          catch: (cause) =>
            new DialError({ message: `${request.url} cannot be dialled: ${inWords(cause)}`, cause }),
        })
      }),
      (socket) => Effect.sync(() => socket.#release()),
    )
  }

  private constructor(
    webSocket: WebSocketLike,
    { signal, url }: Request,
    handlers: Handlers,
    scope: Scope.Scope,
    closeTimeout: number,
  ) {
    this.webSocket = webSocket
    this.#scope = scope
    this.#closeTimeout = closeTimeout
    const whileHeld =
      (listener: (event: SocketEvent) => void) =>
      (event: SocketEvent): void => {
        if (this.#phase !== "released") listener(event)
      }
    // `message` comes last: a stand-in may emit from inside `addEventListener`.
    this.#listeners = [
      ["open", whileHeld((event) => void Deferred.doneUnsafe(this.#opened, Effect.succeed(event)))],
      ["close", whileHeld((event) => this.#settle(fromEvent(event)))],
      // A socket that we are closing before it has opened says `error`: no news to anybody.
      [
        "error",
        whileHeld((cause) => {
          const what = Deferred.isDoneUnsafe(this.#opened) ? "broke" : "could not be opened"
          if (this.#phase === "live") handlers.onError(new SocketError({ message: `${url} ${what}`, cause }))
        }),
      ],
      [
        "message",
        whileHeld((event) => {
          this.received++
          this.onFrame?.()
          handlers.onMessage(event.data)
        }),
      ],
    ]
    holders.set(webSocket, (holders.get(webSocket) ?? new Set()).add(this))
    const options = signal && { signal }
    for (const [type, listener] of this.#listeners) webSocket.addEventListener(type, listener, options)
    const { readyState } = webSocket
    if (readyState === OPEN) Deferred.doneUnsafe(this.#opened, Effect.succeed(undefined))
    else if (readyState !== undefined && readyState >= CLOSING) this.#settle(abandoned(stillborn))
  }

  /** Succeeds with the `open` event, if there was one; fails when the socket ends before it has opened. */
  get opened(): Effect.Effect<SocketEvent | undefined, SocketClosed> {
    return Deferred.await(this.#opened)
  }

  /** Succeeds when the socket has ended. */
  get closed(): Effect.Effect<SocketClosed> {
    return Deferred.await(this.#closed)
  }

  /** Whether the handshake can still be waited for: a stand-in without `readyState` may never tell. */
  get tellsState(): boolean {
    return this.webSocket.readyState !== undefined
  }

  /** Whether what is sent now is written. Browsers lose silently what is sent while CLOSING. */
  get writable(): boolean {
    return this.#phase === "live" && (this.webSocket.readyState ?? OPEN) === OPEN
  }

  /** Writes at once. Throws what the WebSocket throws. */
  sendUnsafe(data: Payload): void {
    this.webSocket.send(data)
  }

  /**
   * Starts the closing handshake. A peer that does not answer within the close timeout is abandoned:
   * `closed` then tells 1006. A code that a page may not send is left out.
   */
  close(code?: number, reason?: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#phase !== "live") return Effect.void
      this.#phase = "closing"
      if (this.#leaveToOthers())
        return Effect.sync(() => this.#settle(abandoned("left to its other holders")))
      hangUp(this.webSocket, code, reason)
      return Effect.sleep(this.#closeTimeout).pipe(
        Effect.andThen(Effect.sync(() => this.#settle(abandoned("the closing handshake timed out")))),
        Effect.forkIn(this.#scope, { startImmediately: true }),
        Effect.asVoid,
      )
    })
  }

  #settle(closed: SocketClosed): void {
    Deferred.doneUnsafe(this.#opened, Effect.fail(closed))
    Deferred.doneUnsafe(this.#closed, Effect.succeed(closed))
  }

  #release(): void {
    const { webSocket } = this
    const phase = this.#phase
    this.#phase = "released"
    for (const [type, listener] of this.#listeners) webSocket.removeEventListener?.(type, listener)
    const open = phase === "live" && !Deferred.isDoneUnsafe(this.#closed)
    if (!this.#leaveToOthers() && open) hangUp(webSocket)
  }

  /** Lets go of the WebSocket, and tells whether others still hold it. */
  #leaveToOthers(): boolean {
    const others = holders.get(this.webSocket)
    others?.delete(this)
    return others !== undefined && others.size > 0
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
const hangUp = (webSocket: WebSocketLike, code?: number, reason?: string): void => {
  const ways: Array<[code?: number, reason?: string | undefined]> =
    code !== undefined && CloseCode.isSendable(code) ? [[code, reason], [code], []] : [[]]
  for (const way of ways) {
    try {
      webSocket.close(...(way as [number, string]))
      return
    } catch {
      // The next one says less.
    }
  }
}
