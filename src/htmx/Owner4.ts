/** An element with a connection on htmx 4. What the connection tells it becomes htmx events. */
import * as Effect from "effect/Effect"
import type * as Connection from "../core/Connection.ts"
import { inWords } from "../core/inWords.ts"
import { Line } from "../core/Line.ts"
import type { DropReason } from "../core/Outbox.ts"
import type { Payload } from "../core/Payload.ts"
import { DialError, type Request, type SocketClosed, type WebSocketLike } from "../core/Socket.ts"
import { type Bound, openScope } from "./Bindings.ts"
import { Burst } from "./Burst.ts"
import { eventOf } from "./eventOf.ts"
import type { Api4, Htmx4 } from "./HtmxApi.ts"
import { live } from "./live.ts"
import { liveArray } from "./liveArray.ts"
import { isOnPage } from "./Page.ts"
import type { Decoded } from "./Settings.ts"
import { nameOf } from "./Status.ts"
import { post } from "./sender4.ts"
import { settled } from "./settled.ts"
import { swap, swapOld } from "./swap4.ts"
import * as Url from "./Url.ts"
import { makeIncoming, type Queued, type WsConnection } from "./WsConnection.ts"

/** What is the same for all elements of a page. */
export interface Host {
  readonly htmx: Htmx4
  readonly api: Api4
  readonly construct: (request: Request, settings: Decoded) => WebSocketLike
  /** What a URL means on this page. */
  readonly resolve: (url: string) => string | undefined
  /** What the settings of an element come to. */
  readonly decode: (config: object, element: Element) => Decoded
  readonly isBound: (owner: Owner4) => boolean
  /** Ends the connection of an element that has gone, or that is over. */
  readonly release: (owner: Owner4) => unknown
  /** Begins another connection for the element of one that is over. */
  readonly renew: (owner: Owner4) => void
  readonly onState: (owner: Owner4) => void
}

export class Owner4 implements Connection.Owner<Queued>, Bound {
  readonly element: Element
  /** The URL as the attribute has it: while that stays the same, so does the connection. */
  readonly source: string
  readonly connection: Connection.Connection<Queued>
  /** The connection as events and public code see it. */
  readonly view: WsConnection
  readonly #host: Host
  readonly #api: Api4
  /** Whether the element speaks the wire of htmx 2. */
  readonly isOld: boolean
  readonly #receiving = new Line()
  readonly #burst = new Burst((frames) => frames.map((data) => () => this.#enqueue(data)))
  readonly #sending = new Line()
  /** What has been triggered, and not yet let through to the outbox. */
  readonly #unready = new Map<Queued, (isAccepted: boolean) => void>()
  readonly #close: () => void
  #saidDeprecated = false

  constructor(host: Host, element: Element, source: string, config: Record<string, unknown>, isOld: boolean) {
    this.#host = host
    this.#api = host.api
    this.isOld = isOld
    this.element = element
    this.source = source
    const current = () => host.decode(config, element)
    ;[this.connection, this.#close] = openScope(
      live(() => current().connection),
      this,
      (request) => {
        this.view.socket = host.construct(request, current())
        return this.view.socket
      },
    )
    const { connection } = this
    this.view = {
      url: host.resolve(source) ?? source,
      config,
      queue: liveArray(connection.outbox),
      attempt: 0,
      cancelled: false,
      socket: null,
      abortController: null,
      get state() {
        return nameOf(connection.state)
      },
      send: (message) => post(this, message),
      reconnect: () => (host.isBound(this) ? connection.reconnectUnsafe() : host.renew(this)),
      close: (code, reason) => {
        connection.closeUnsafe(code, reason)
        if (connection.state._tag === "Closed") host.release(this)
      },
    }
  }

  get settings(): Decoded {
    return this.#host.decode(this.view.config, this.element)
  }

  get pauseAfter(): number | false {
    return this.settings.pauseOnBackground
  }

  /**
   * Tells the page, at `on` or where that has been; answers whether it agrees. A name that is put together anew each
   * time would be a new string to the browser each time.
   */
  tell(on: Element, name: `htmx:ws:${string}`, detail: object): boolean {
    return this.#dispatch(on, name, { ...detail, connection: this.view })
  }

  /**
   * Asks the page, which may refuse, and may ask to be waited for. Succeeds with whether it agrees, and in the
   * same turn where nobody asks for more.
   */
  ask(on: Element, name: `htmx:ws:${string}`, subject: object): Effect.Effect<boolean, unknown> {
    const waiting: Array<unknown> = []
    const detail = {
      ...subject,
      connection: this.view,
      cancelled: false,
      waitUntil: (promise: unknown) => void waiting.push(promise),
    }
    if (!this.#dispatch(on, name, detail) || !this.#present()) return Effect.succeed(false)
    if (waiting.length === 0) return Effect.succeed(!detail.cancelled)
    return Effect.map(
      this.wait(waiting, () => `a listener of ${name}`),
      () => !detail.cancelled,
    )
  }

  /** Waits for promises, as long as the settings allow. */
  wait(waiting: ReadonlyArray<unknown>, who: () => string): Effect.Effect<unknown, unknown> {
    // A message that nobody holds up does not pay for looking at the settings.
    if (waiting.length === 0) return Effect.void
    return settled(
      waiting,
      this.settings.waitTimeout,
      (what, cause) => cause ?? new Error(`${who()} ${what}`),
    )
  }

  fail(on: Element, error: unknown): void {
    this.tell(on, "htmx:ws:error", { error })
  }

  /**
   * Accepts a message when it is ready: in the same turn where neither it nor one before it has to wait. `answer` is
   * told whether it has.
   */
  accept(
    queued: Queued,
    ready: () => Effect.Effect<boolean, unknown>,
    answer: (isAccepted: boolean) => void,
  ): void {
    const isUnready = (): boolean => this.#unready.delete(queued)
    this.#unready.set(queued, answer)
    this.#sending.add(
      () =>
        Effect.flatMapEager(ready(), (isWanted) => {
          if (isUnready()) {
            if (isWanted) this.connection.queueUnsafe(queued)
            answer(isWanted)
          }
          return Effect.void
        }),
      (error) => {
        if (!isUnready()) return
        this.fail(queued.element, error)
        answer(false)
      },
    )
  }

  /** What has come has its turn before anything else happens to the connection. */
  leave(): void {
    this.#burst.end()
  }

  end(): void {
    const { abortController } = this.view
    const unready = [...this.#unready]
    this.#unready.clear()
    this.#receiving.end()
    this.#sending.end()
    for (const [queued, answer] of unready) {
      answer(false)
      this.onDrop(queued, "closed")
    }
    this.#close()
    abortController?.abort()
  }

  beforeDial(attempt: number): Effect.Effect<Request | undefined, DialError> {
    const self = this
    const { view } = this
    return Effect.gen(function* () {
      view.attempt = attempt
      view.cancelled = false
      const agrees = yield* Effect.catch(self.ask(self.element, "htmx:ws:before:connection", {}), (cause) =>
        Effect.fail(new DialError({ message: inWords(cause), cause })),
      )
      return agrees && !view.cancelled ? yield* self.#request() : undefined
    })
  }

  onState(state: Connection.State): void {
    // The socket is done with: what has come over it precedes what follows.
    if (!("socket" in state && state.socket)) this.leave()
    this.#host.onState(this)
  }

  onCancelled(): void {
    if (this.#present()) this.tell(this.element, "htmx:ws:close", { reason: "cancelled", code: null })
  }

  onConnecting(): void {}

  onOpen(): Effect.Effect<unknown, DialError> {
    if (!this.#present()) return Effect.void
    const waiting: Array<unknown> = []
    const waitUntil = (promise: unknown) => void waiting.push(promise)
    this.tell(this.element, "htmx:ws:after:connection", { waitUntil })
    this.view.attempt = 0
    return settled(
      waiting,
      this.settings.waitTimeout,
      (what, cause) => new DialError({ message: `a listener of htmx:ws:after:connection ${what}`, cause }),
    )
  }

  onMessage(data: unknown): void {
    if (!this.#present()) return
    // The settings are read anew each time, which a frame does not pay for where nobody asks for batching.
    if (this.view.config.batch !== undefined && this.settings.batch) this.#burst.add(data)
    else this.#enqueue(data)
  }

  onError(error: unknown): void {
    if (this.#present()) this.fail(this.element, error)
  }

  received(): Effect.Effect<void> {
    return Effect.void
  }

  onClose({ code }: SocketClosed): void {
    const { _tag } = this.connection.state
    if (_tag === "Ended") this.tell(this.element, "htmx:ws:close", { reason: "removed", code: null })
    else if (_tag === "Closed" || this.#present()) {
      this.tell(this.element, "htmx:ws:close", { reason: "closed", code })
    }
  }

  onRetry(attempt: number, delay: number, closed: SocketClosed): void {
    this.view.attempt = attempt
    if (this.#present())
      this.tell(this.element, "htmx:ws:reconnecting", { attempt, delay, event: eventOf(closed) })
  }

  onFailed(attempts: number, { code, reason }: SocketClosed): void {
    if (this.#present()) this.tell(this.element, "htmx:ws:failed", { attempts, code, reason })
  }

  onStopped(): void {
    this.#host.release(this)
  }

  beforeSend({ message }: Queued): Payload | undefined {
    return message.data
  }

  afterSend({ element, message }: Queued): void {
    this.tell(element, "htmx:ws:after:message:outgoing", { message })
  }

  onDrop({ element, message }: Queued, reason: DropReason): void {
    if (reason === "overflow") this.fail(element, "Outgoing messages queue is full")
    this.tell(element, "htmx:ws:message:dropped", { message, reason })
  }

  online(): boolean {
    return navigator.onLine
  }

  #dispatch(on: Element, name: string, detail: object): boolean {
    const at = on && isOnPage(on) ? on : isOnPage(this.element) ? this.element : undefined
    if (at === undefined && name === "htmx:ws:close") {
      // htmx would tell the document, for which the end of what has gone is no news.
      const spelled = name.replaceAll(":", this.#host.htmx.config.metaCharacter || ":")
      return on.dispatchEvent(new CustomEvent(spelled, { detail, cancelable: true }))
    }
    return this.#api.triggerHtmxEvent(at ?? document.body, name, detail)
  }

  /** Whether the element still has this connection. One that has left by stealth loses it now. */
  #present(): boolean {
    if (!isOnPage(this.element)) this.#host.release(this)
    return this.#host.isBound(this)
  }

  #request(): Effect.Effect<Request | undefined, DialError> {
    const { view } = this
    const { protocols, selfOnly } = this.settings
    const url = this.#host.resolve(view.url)
    if (url === undefined) {
      return Effect.fail(new DialError({ message: `"${view.url}" is not the URL of a WebSocket` }))
    }
    if (selfOnly && !Url.isSameHost(url)) {
      this.fail(
        this.element,
        new DialError({ message: `${url} is not on ${location.host}: selfOnly is set` }),
      )
      return Effect.succeed(undefined)
    }
    view.abortController?.abort()
    view.abortController = new AbortController()
    view.socket = null
    return Effect.succeed({ url, protocols, signal: view.abortController.signal })
  }

  /** Frames are applied one after the other: a listener or a swap may take its time. */
  #enqueue(data: unknown): void {
    this.#receiving.add(
      () => Owner4.#receive(this, data),
      (error) => this.onError(error),
    )
  }

  static readonly #receive = Effect.fnUntracedEager(function* (self: Owner4, data: unknown) {
    if (!self.#present()) return
    const message = makeIncoming(data)
    const agrees = yield* self.ask(self.element, "htmx:ws:before:message:incoming", { message })
    if (!agrees || !self.#present()) return
    const swapping = typeof message.data === "string" ? self.#swap(message.data) : undefined
    if (swapping !== undefined) yield* done(swapping)
    if (self.#present()) self.tell(self.element, "htmx:ws:after:message:incoming", { message })
  })

  #swap(text: string): Promise<unknown> | undefined {
    const { htmx } = this.#host
    return this.isOld
      ? swapOld(htmx, this.element, text, (sentence, cause) => this.onError(new Error(sentence, { cause })))
      : swap(htmx, this.#api, this.element, text, () => {
          if (!this.#saidDeprecated) console.warn("htmx: [hx-ws] json.payload is called json.content now")
          this.#saidDeprecated = true
        })
  }
}

/** Succeeds or fails as a promise does. */
const done = (promise: Promise<unknown>): Effect.Effect<void, unknown> =>
  Effect.callback((resume) => {
    promise.then(
      () => resume(Effect.void),
      (cause) => resume(Effect.fail(cause)),
    )
  })
