/** An element with a connection on htmx 1.9 and 2: hooks of the connection become htmx events. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Connection from "../../core/Connection.ts"
import { inWords } from "../../core/inWords.ts"
import type { DropReason } from "../../core/Outbox.ts"
import { decodePayload, type Payload } from "../../core/Payload.ts"
import {
  type DialError,
  type Request,
  type SocketClosed,
  SocketError,
  type SocketEvent,
  type WebSocketLike,
} from "../../core/Socket.ts"
import { type Bound, type Environment as Common, openConnection } from "../Bindings.ts"
import { describeElement, isOnPage } from "../elements.ts"
import { awaitListeners, closeEventOf, makeWaits, toDialError } from "../events.ts"
import { elementsOf } from "../Fragments.ts"
import { FrameBatch } from "../FrameBatch.ts"
import { failure } from "../notices.ts"
import { Port } from "../Port.ts"
import type { Decoded } from "../Settings.ts"
import * as Url from "../Url.ts"
import { adoptCloses } from "./adoptCloses.ts"
import { coalesce, partsOf } from "./coalesce.ts"
import type { Api2 } from "./HtmxApi.ts"
import { type Message, makeSocketWrapper, type SocketWrapper, senderOf } from "./SocketWrapper.ts"
import { applyFragments } from "./swap.ts"
import type { WsEvents } from "./WsEvents.ts"

export interface Environment extends Common<ElementConnection> {
  readonly api: Api2
  log(element: Element, name: string, detail: object): void
  readonly parse: (html: string) => ParentNode
}

type Problem = Parameters<Connection.Hooks<Message>["onError"]>[0]

type SocketListener = (event: SocketEvent) => void

/** A frame that no listener has cancelled, and the HTML in it. */
interface Accepted {
  readonly message: unknown
  readonly html: string | undefined
}

export class ElementConnection implements Connection.Hooks<Message>, Bound {
  readonly element: Element
  /** The value of the attribute. The connection stays while this stays the same. */
  readonly source: string
  readonly settings: Decoded
  readonly connection: Connection.Connection<Message>
  readonly port: Port<Message>
  readonly wrapper: SocketWrapper
  /** The last WebSocket, open or closed. */
  socket: WebSocketLike | null = null
  /** Listeners of public code by type, which are added to each WebSocket; `undefined` until there is one. */
  events: Record<string, Array<SocketListener>> | undefined
  readonly end: () => void
  readonly #environment: Environment
  readonly #api: Api2
  readonly #batch = new FrameBatch((frames, isLeaving) => this.#receiveAll(frames, isLeaving))

  constructor(environment: Environment, element: Element, source: string, settings: Decoded) {
    this.#environment = environment
    this.#api = environment.api
    this.element = element
    this.source = source
    this.settings = settings
    ;[this.connection, this.end] = openConnection(settings, this, (request) => {
      this.socket = adoptCloses(environment.construct(request, settings), this.connection)
      return this.socket
    })
    this.port = new Port(this.connection)
    this.wrapper = makeSocketWrapper(this, (sendElt, error) =>
      this.fail(this.#sender(sendElt) ?? element, error),
    )
  }

  get pauseAfter(): number | false {
    return this.settings.pauseOnBackground
  }

  /** Dispatches an event. `name` is a literal: the browser would take each concatenated one for a new string. */
  dispatch<Name extends keyof WsEvents>(
    on: Element,
    name: Name,
    detail: Omit<WsEvents[Name], "socketWrapper">,
  ): boolean {
    return this.#api.triggerEvent(on, name, Object.assign(detail, { socketWrapper: this.wrapper }))
  }

  /** Dispatches `htmx:wsError`. Its `error` is the event of the socket if there was one, as in the official script. */
  fail(on: Element, error: Error): void {
    const { wrapper: socketWrapper } = this
    // In the official script, listeners of this event get the internal object: let the wrapper inherit from it. Only now,
    // since that takes memory. A page may have replaced the internal object, even by one that inherits from the wrapper.
    Reflect.setPrototypeOf(socketWrapper, Object(this.#api.getInternalData(this.element).webSocket))
    // A stand-in may have called `onerror` with anything.
    const cause = error instanceof SocketError && "type" in Object(error.cause) ? error.cause : undefined
    if (cause === undefined) this.#api.triggerErrorEvent(on, "htmx:wsError", { error, socketWrapper })
    else this.#failWithEvent(on, { elt: on, error: cause, socketWrapper }, error)
  }

  /** Does what htmx does for an error, but logs a sentence instead of the event. */
  #failWithEvent(on: Element, detail: object, problem: Error): void {
    this.#environment.log(on, "htmx:wsError", detail)
    console.error(String(problem))
    this.#api.triggerEvent(on, "htmx:error", { errorInfo: detail })
    const make = (name: string): Event =>
      new CustomEvent(name, { bubbles: true, cancelable: true, composed: true, detail })
    const event = make("htmx:wsError")
    if (!on.dispatchEvent(event) || !on.dispatchEvent(make("htmx:ws-error"))) return
    this.#api.withExtensions(on, (extension) => extension.onEvent("htmx:wsError", event as CustomEvent))
  }

  beforeDial(attempt: number): Effect.Effect<Request | undefined, DialError> {
    return Effect.suspend(() => {
      const { element, settings, source } = this
      const { waiting, waitUntil } = makeWaits()
      const name = "htmx:wsConfigConnect"
      const detail = {
        url: this.#environment.resolve(source) ?? source,
        protocols: settings.protocols,
        attempt,
        waitUntil,
        socketWrapper: this.wrapper,
      } satisfies WsEvents["htmx:wsConfigConnect"]
      if (!this.#api.triggerEvent(element, name, detail)) return Effect.succeed(undefined)
      const request = Effect.sync(() => {
        const url = this.#environment.resolve(detail.url)
        const problem = Url.problem(detail.url, url, settings.selfOnly)
        if (problem === undefined) return { url: url as string, protocols: detail.protocols }
        this.onError(problem)
        return undefined
      })
      return Effect.andThen(
        awaitListeners(name, waiting, settings.waitTimeout, toDialError, (message) =>
          this.#environment.report(
            `${describeElement(element)} still waits to dial: ${message}`,
            console.warn,
          ),
        ),
        request,
      )
    })
  }

  onState(state: Connection.State): void {
    // The frames of the socket are applied before anything else happens.
    if (state.socket === undefined) this.#batch.end()
    this.#environment.onState(this)
    this.port.call("onState", state)
  }

  onConnecting(attempt: number): void {
    if (this.#releaseIfGone()) return
    for (const [type, listeners] of Object.entries(this.events ?? {}))
      for (const listener of listeners) this.socket?.addEventListener(type, listener)
    this.dispatch(this.element, "htmx:wsConnecting", { event: { type: "connecting" }, attempt })
  }

  onOpen(attempt: number, event: SocketEvent | undefined): Effect.Effect<unknown, DialError> {
    if (this.#releaseIfGone()) return Effect.void
    const { waiting, waitUntil } = makeWaits()
    const name = "htmx:wsOpen"
    this.dispatch(this.element, name, { event: event ?? new Event("open"), attempt, waitUntil })
    return awaitListeners(name, waiting, this.settings.waitTimeout, toDialError)
  }

  onMessage(data: unknown): void {
    if (this.#releaseIfGone()) return
    if (this.settings.batch) this.#batch.add(data)
    else this.#receive(data, false)
  }

  onError(error: Problem, about?: Message): void {
    if (this.#releaseIfGone()) return
    this.fail(this.#sender(about?.sendElt) ?? this.element, error)
    this.port.call("onError", error)
  }

  received(): Effect.Effect<void> {
    return Effect.void
  }

  onClose(closed: SocketClosed): void {
    this.dispatch(this.element, "htmx:wsClose", { event: closeEventOf(closed) })
  }

  onRetry(attempt: number, delay: number, closed: SocketClosed): number {
    const detail = { attempt, delay, event: closeEventOf(closed) }
    if (!this.#releaseIfGone()) this.dispatch(this.element, "htmx:wsReconnecting", detail)
    this.port.call("onRetry", attempt, detail.delay, closed)
    return Number(inWords(detail.delay))
  }

  onFailed(attempts: number, closed: SocketClosed): void {
    this.port.call("onFailed", attempts, closed)
    const { code, reason } = closed
    if (!this.#releaseIfGone()) this.dispatch(this.element, "htmx:wsFailed", { attempts, code, reason })
  }

  onCancelled(): void {}

  onStopped(): void {}

  beforeSend(item: Message | null | undefined, waited: boolean): Payload | undefined {
    // Waiting messages are dropped with the element.
    if (waited && this.#releaseIfGone()) return undefined
    // A page may have pushed anything into the queue.
    const sender = this.#sender(item?.sendElt)
    const payload = decodePayload(item?.message)
    if (Result.isFailure(payload)) {
      this.fail(sender ?? this.element, new TypeError(`${payload.failure}: it was not sent`))
      return undefined
    }
    if (sender === undefined || this.dispatch(sender, "htmx:wsBeforeSend", { message: item?.message }))
      return payload.success
    item?.settle?.("vetoed")
    return undefined
  }

  afterSend(item: Message): void {
    const { message, sendElt } = item
    item?.settle?.("written")
    const sender = this.#sender(sendElt)
    if (sender !== undefined) this.dispatch(sender, "htmx:wsAfterSend", { message })
  }

  onDrop(item: Message | null | undefined, reason: DropReason): void {
    item?.settle?.(reason)
    this.dispatch(this.#sender(item?.sendElt) ?? this.#elementOrBody, "htmx:wsDropped", {
      message: item?.message,
      reason: reason === "refused" ? "closed" : reason,
    })
  }

  online(): boolean {
    return navigator.onLine
  }

  /** Applies the frames received so far, also if the element has already left. */
  leave(): void {
    this.#batch.end(true)
  }

  *#receiveAll(frames: ReadonlyArray<unknown>, isLeaving: boolean): Iterable<() => void> {
    if (this.settings.batch !== "latest") {
      for (const data of frames) yield () => this.#receive(data, isLeaving)
      return
    }
    // Listeners may cancel or change frames: only then is it known which element replaces which.
    const accepted: Array<Accepted> = []
    for (const data of frames) {
      yield () => {
        const frame = this.#accept(data, isLeaving)
        if (frame !== undefined) accepted.push(frame)
      }
    }
    const parts = accepted.map(({ html }) =>
      html === undefined
        ? []
        : partsOf(html, this.#parse, (element) => this.#api.getAttributeValue(element, "hx-swap-oob")),
    )
    const kept = coalesce(parts, (id) => document.getElementById(id)?.contains(this.element) ?? false)
    for (const [index, frame] of accepted.entries()) {
      yield () =>
        this.#show(frame, isLeaving, (html) =>
          (kept[index] ?? []).flatMap(({ element }) => element ?? this.#parse(html)),
        )
    }
  }

  #receive(data: unknown, isLeaving: boolean): void {
    const frame = this.#accept(data, isLeaving)
    if (frame !== undefined) this.#show(frame, isLeaving, this.#parse)
  }

  /** Returns the frame as listeners and extensions have left it; `undefined` if it was cancelled. */
  #accept(data: unknown, isLeaving: boolean): Accepted | undefined {
    if (this.#releaseIfGone(isLeaving)) return undefined
    const before = { message: data, socketWrapper: this.wrapper } satisfies WsEvents["htmx:wsBeforeMessage"]
    if (!this.#api.triggerEvent(this.element, "htmx:wsBeforeMessage", before)) return undefined
    let { message } = before
    // A typed client has taken it.
    if (this.port.call("onFrame", message)) return { message, html: undefined }
    this.#api.withExtensions(this.element, (extension) => {
      try {
        message = extension.transformResponse(message, null, this.element)
      } catch (cause) {
        this.#failFrame("an extension cannot transform a frame", cause)
      }
    })
    return {
      message,
      html: typeof message === "string" || message instanceof String ? String(message) : undefined,
    }
  }

  #show(
    { html, message }: Accepted,
    isLeaving: boolean,
    parse: (html: string) => ReadonlyArray<Element>,
  ): void {
    if (html !== undefined)
      applyFragments(this.#api, this.element, parse(html), (sentence, cause) =>
        this.#failFrame(sentence, cause),
      )
    if (!this.#releaseIfGone(isLeaving)) this.dispatch(this.element, "htmx:wsAfterMessage", { message })
  }

  readonly #parse = (html: string): Array<Element> => {
    try {
      return elementsOf(this.#environment.parse(html), this.#environment.parse)
    } catch (cause) {
      this.#failFrame(`${html.slice(0, 200)} cannot be parsed`, cause)
      return []
    }
  }

  #failFrame(what: string, cause: unknown): void {
    this.fail(this.element, failure(what, cause))
  }

  /** Returns the sender of a message, or the target of its events if the sender has left. */
  #sender(sendElt: Message["sendElt"]): Element | undefined {
    const sender = senderOf(sendElt)
    return sender instanceof Element && !isOnPage(sender) ? this.#elementOrBody : sender
  }

  /** The connect element, or the body if that has left. */
  get #elementOrBody(): Element {
    return isOnPage(this.element) ? this.element : document.body
  }

  /** Releases the connection if its element has left unnoticed. Returns whether the element has lost it. */
  #releaseIfGone(isLeaving = false): boolean {
    const { bindings } = this.#environment
    return isLeaving ? !bindings.has(this) : bindings.releaseIfGone(this)
  }
}
