/** An element with a connection on htmx 4: hooks of the connection become htmx events. */

import * as Effect from "effect/Effect"
import type * as Connection from "../../core/Connection.ts"
import { inWords } from "../../core/inWords.ts"
import type { DropReason } from "../../core/Outbox.ts"
import type { Payload } from "../../core/Payload.ts"
import type { DialError, Request, SocketClosed } from "../../core/Socket.ts"
import { type Bound, type Environment as Common, openConnection } from "../Bindings.ts"
import { describeElement, isOnPage } from "../elements.ts"
import { awaitListeners, closeEventOf, makeWaits, toDialError } from "../events.ts"
import { Port } from "../Port.ts"
import { type Decoded, show } from "../Settings.ts"
import * as Url from "../Url.ts"
import type { Answer, Carrier } from "./Carrier.ts"
import type { Api4, Htmx4 } from "./HtmxApi.ts"
import { Receiving } from "./Receiving.ts"
import { Sending } from "./Sending.ts"
import { post } from "./sender.ts"
import { makeView } from "./view.ts"
import type { Queued, WsConnection } from "./WsConnection.ts"
import type { Asking, WsEvents } from "./WsEvents.ts"

export interface Environment extends Common<ElementConnection> {
  readonly htmx: Htmx4
  readonly api: Api4
  readonly decode: (config: object, element: Element) => Decoded
  /** Ends a connection, if its element still has it. */
  release(connection: ElementConnection): void
  /** Makes a connection for an element that has none. */
  connect(element: Element): void
}

export class ElementConnection implements Connection.Hooks<Queued>, Bound, Carrier {
  readonly element: Element
  /** The value of the attribute. The connection stays while this stays the same. */
  readonly source: string
  /** The value of `hx-trigger`. */
  readonly trigger: string | undefined
  readonly connection: Connection.Connection<Queued>
  /** The public object. */
  readonly view: WsConnection
  readonly #environment: Environment
  readonly #api: Api4
  readonly isOld: boolean
  readonly receiving: Receiving
  readonly sending = new Sending(this)
  readonly port: WsConnection["port"]
  readonly #close: () => void
  /** The settings that were passed last. */
  #given: Record<string, unknown>
  attempt = 0

  constructor(
    environment: Environment,
    element: Element,
    source: string,
    config: Record<string, unknown>,
    isOld: boolean,
  ) {
    this.#environment = environment
    this.#api = environment.api
    this.isOld = isOld
    this.#given = { ...config }
    this.element = element
    this.source = source
    this.trigger = environment.api.attributeValue(element, "hx-trigger")
    this.receiving = new Receiving(environment.htmx, environment.api, this)
    this.view = makeView(this, environment.resolve(source) ?? source, config)
    ;[this.connection, this.#close] = openConnection(
      // A page may change the settings: they are looked up whenever they are needed.
      new Proxy({} as Connection.Settings, { get: (_, key) => Reflect.get(this.settings, key) }),
      this,
      (request) => {
        this.view.socket = environment.construct(request, this.settings)
        return this.view.socket
      },
    )
    this.port = Object.assign(new Port(this.connection), {
      send: (queued: Queued) => post(this, queued, () => {}),
      withdraw: (messages: ReadonlySet<Queued>) => this.sending.withdraw(messages),
    })
  }

  /** Dials at once. Makes a new connection if this one is over. */
  reconnect(): void {
    if (this.#environment.bindings.has(this)) this.connection.reconnect()
    else this.#environment.connect(this.element)
  }

  /** Writes the settings that have changed into `config`. Others stay, as a page may have changed them there. */
  configure(given: Record<string, unknown>): void {
    const before = this.#given
    this.#given = given
    for (const key of Object.keys({ ...before, ...given }))
      if (show(given[key]) !== show(before[key])) this.view.config[key] = given[key]
  }

  get settings(): Decoded {
    return this.#environment.decode(this.view.config, this.element)
  }

  get pauseAfter(): number | false {
    return this.settings.pauseOnBackground
  }

  /** Dispatches an event. `name` is a literal: the browser would take each concatenated one for a new string. */
  dispatch<Name extends keyof WsEvents>(
    on: Element,
    name: Name,
    detail: Omit<WsEvents[Name], "connection">,
  ): boolean {
    return this.#dispatchAt(on, name, Object.assign(detail, { connection: this.view }))
  }

  ask<Name extends keyof WsEvents, E>(
    on: Element,
    name: Name,
    subject: Omit<WsEvents[Name], keyof Asking>,
    wait: (waiting: ReadonlyArray<unknown>) => Effect.Effect<unknown, E>,
  ): Effect.Effect<boolean, E> {
    const { waiting, waitUntil } = makeWaits()
    const detail: Asking = { ...subject, connection: this.view, cancelled: false, waitUntil }
    const agrees = this.#dispatchAt(on, name, detail)
    this.#releaseIfGone()
    return Effect.flatMapEager(wait(waiting), () => Effect.succeed(agrees && !detail.cancelled))
  }

  fail(on: Element, error: unknown): void {
    this.dispatch(on, "htmx:ws:error", { error })
  }

  accept(queued: Queued, ready: () => Effect.Effect<boolean, unknown>, answer: Answer): void {
    if (this.connection.state._tag !== "Ended") {
      this.sending.add(queued, ready, answer)
      return
    }
    queued.settle?.("closed")
    this.fail(queued.element, "Connection closed")
    answer(false)
  }

  /** Dispatches the last events of a connection that is about to end, while its element still has it. */
  leave(): void {
    this.receiving.endBurst()
    if (this.#isOver) return
    for (const lost of this.#takeWaiting()) this.#dispatchDropped(lost, "closed")
    this.dispatch(this.element, "htmx:ws:close", { reason: "removed", code: null })
  }

  end(): void {
    const { abortController } = this.view
    const isOver = this.#isOver
    for (const lost of this.#takeWaiting()) {
      if (isOver) this.fail(lost.element, "Connection closed")
      this.#dispatchDropped(lost, "closed")
    }
    this.receiving.end()
    this.#close()
    abortController?.abort()
  }

  /** Whether the connection has closed for good or failed. */
  get #isOver(): boolean {
    return /Closed|Failed/.test(this.connection.state._tag)
  }

  /** Removes and returns the messages that wait. */
  #takeWaiting(): ReadonlyArray<Queued> {
    const lost = [...this.connection.outbox.toArray(), ...this.sending.waiting]
    for (const queued of lost) queued?.settle?.("closed")
    this.connection.outbox.replace([])
    this.sending.end()
    return lost
  }

  beforeDial(attempt: number): Effect.Effect<Request | undefined, DialError> {
    const self = this
    const { view } = this
    return Effect.gen(function* () {
      if (attempt === 0) self.attempt = 0
      view.cancelled = false
      const name = "htmx:ws:before:connection"
      const agrees = yield* self.ask(self.element, name, {}, (waiting) =>
        awaitListeners(name, waiting, self.settings.waitTimeout, toDialError, (message) =>
          self.#environment.report(
            `${describeElement(self.element)} still waits to dial: ${message}`,
            console.warn,
          ),
        ),
      )
      return agrees && !view.cancelled && !self.#releaseIfGone() ? yield* self.#request() : undefined
    })
  }

  onState(state: Connection.State): void {
    // The frames of the socket are applied before anything else happens.
    if (state.socket === undefined) this.receiving.endBurst()
    this.view.timer = state._tag === "Waiting" ? RETRY_PENDING : null
    this.#environment.onState(this)
    this.port.call("onState", state)
  }

  onCancelled(): void {
    if (this.#releaseIfGone()) return
    // As in the official script, a listener may trigger a connection again that has never had a socket.
    if (this.view.socket === null) this.#environment.release(this)
    this.dispatch(this.element, "htmx:ws:close", { reason: "cancelled", code: null })
  }

  onConnecting(): void {}

  onOpen(): Effect.Effect<unknown, DialError> {
    if (this.#releaseIfGone()) return Effect.void
    const { waiting, waitUntil } = makeWaits()
    const name = "htmx:ws:after:connection"
    this.dispatch(this.element, name, { waitUntil })
    this.attempt = 0
    return awaitListeners(name, waiting, this.settings.waitTimeout, toDialError)
  }

  onMessage(data: unknown): void {
    if (this.#releaseIfGone()) return
    // Reading the settings takes time: a frame pays for it only if `batch` is set.
    this.receiving.add(data, this.view.config.batch !== undefined && this.settings.batch !== false)
  }

  onError(problem: Problem, about?: Queued): void {
    if (this.#releaseIfGone()) return
    this.dispatch(about?.element ?? this.element, "htmx:ws:error", { error: errorOf(problem) })
    this.port.call("onError", problem)
  }

  received(): Effect.Effect<void> {
    return this.receiving.applied
  }

  onClose({ code }: SocketClosed): void {
    const { _tag } = this.connection.state
    if (_tag === "Closed" || !this.#releaseIfGone()) {
      this.dispatch(this.element, "htmx:ws:close", { reason: "closed", code })
    }
  }

  onRetry(_: number, delay: number, closed: SocketClosed): number {
    const attempt = ++this.attempt
    const detail = { attempt, delay, event: closeEventOf(closed) }
    if (!this.#releaseIfGone()) this.dispatch(this.element, "htmx:ws:reconnecting", detail)
    this.port.call("onRetry", attempt, detail.delay, closed)
    return Number(inWords(detail.delay))
  }

  onFailed(attempts: number, closed: SocketClosed): void {
    this.port.call("onFailed", attempts, closed)
    const { code, reason } = closed
    if (!this.#releaseIfGone()) this.dispatch(this.element, "htmx:ws:failed", { attempts, code, reason })
  }

  onStopped(): void {
    this.#environment.release(this)
  }

  beforeSend(queued: Queued): Payload | undefined {
    // A page may have put anything into the queue.
    return queued?.message?.data
  }

  afterSend(queued: Queued): void {
    const { element, message } = queued
    queued.settle?.("written")
    this.dispatch(element, "htmx:ws:after:message:outgoing", { message })
  }

  onDrop(queued: Queued, reason: DropReason): void {
    queued.settle?.(reason)
    this.fail(queued.element, losses[reason])
    this.#dispatchDropped(queued, reason === "refused" ? "closed" : reason)
  }

  #dispatchDropped({ element, message }: Queued, reason: Exclude<DropReason, "refused">): void {
    this.dispatch(element, "htmx:ws:message:dropped", { message, reason })
  }

  online(): boolean {
    return navigator.onLine
  }

  #dispatchAt(on: Element, name: string, detail: object): boolean {
    const at = on && isOnPage(on) ? on : isOnPage(this.element) ? this.element : undefined
    if (at === undefined && name === "htmx:ws:close") {
      // htmx would dispatch it on the document.
      const spelled = name.replaceAll(":", this.#environment.htmx.config.metaCharacter || ":")
      return on.dispatchEvent(new CustomEvent(spelled, { detail, cancelable: true }))
    }
    return this.#api.triggerHtmxEvent(at ?? document.body, name, detail)
  }

  /** Releases the connection if its element has left unnoticed. Returns whether the element has lost it. */
  #releaseIfGone(): boolean {
    return this.#environment.bindings.releaseIfGone(this)
  }

  #request(): Effect.Effect<Request | undefined, DialError> {
    const { view } = this
    const { protocols, selfOnly } = this.settings
    const url = this.#environment.resolve(view.url)
    const problem = Url.problem(view.url, url, selfOnly)
    if (problem !== undefined) {
      if (url === undefined) return Effect.fail(problem)
      this.onError(problem)
      return Effect.succeed(undefined)
    }
    view.abortController?.abort()
    view.abortController = new AbortController()
    view.socket = null
    return Effect.succeed({ url: url as string, protocols, signal: view.abortController.signal })
  }
}

type Problem = Parameters<Connection.Hooks<Queued>["onError"]>[0]

/** The value of `connection.timer` while a retry is pending: no timer of the page has this id. */
const RETRY_PENDING = -1

/** The errors of the official script for lost messages. */
const losses: Readonly<Record<DropReason, string>> = {
  overflow: "Outgoing messages queue is full",
  expired: "Message expired",
  refused: "Connection closed",
  closed: "Connection closed",
}

/** Returns the event of the socket or what was thrown, if there is one, with the sentence for the console. */
const errorOf = (problem: Problem): unknown => {
  const { cause, message } = problem as { cause?: unknown; message: string }
  // htmx logs the `message` of an error, and events have none.
  if (typeof cause === "object" && cause !== null && !Reflect.get(cause, "message"))
    Reflect.set(cause, "message", message)
  return cause ?? problem
}
