/** What the extension uses of htmx 1.9 and 2, and htmx's own declarations leave out. Types only. */
import type { Payload } from "../../core/Payload.ts"
import type { SocketEvent, WebSocketLike } from "../../core/Socket.ts"
import type { Message, SocketWrapper } from "./SocketWrapper.ts"

/** The `htmx` object of 1.9 and 2. */
export interface Htmx2 {
  readonly version: string
  config: {
    readonly disableSelector: string
    readonly wsBinaryType?: BinaryType
    readonly wsReconnectDelay?: unknown
    ws?: unknown
  }
  createWebSocket?: (url: string, protocols?: ReadonlyArray<string>) => WebSocketLike
  /** Called with each event: `htmx.logAll()`. */
  readonly logger?: ((element: Element, name: string, detail: object) => void) | null
  defineExtension(name: string, extension: Extension2): void
}

/** What `defineExtension` takes. */
export interface Extension2 {
  init(api: Api2): void
  getSelectors(): Array<string>
  readonly onEvent: (name: string, event: CustomEvent<{ readonly elt: unknown }>) => boolean
}

/** An extension as htmx stores it, with its default hooks filled in. */
export interface ActiveExtension2 {
  readonly onEvent: Extension2["onEvent"]
  transformResponse(response: unknown, xhr: null, element: Element): unknown
}

/** A trigger of an element. */
export interface TriggerSpec2 {
  readonly trigger: string
  readonly pollInterval?: number
  /** A selector of the elements whose events count. */
  readonly target?: string
  /** The condition in brackets. An event triggers only if it returns `true`. */
  readonly eventFilter?: { (this: Element, event: Event): unknown; readonly source?: string | undefined }
}

/** What htmx stores with an element. htmx clears it when it removes the handlers that it has attached. */
export interface InternalData2 {
  webSocket?: InternalWebSocket
  /** A hash of the attributes, as htmx has processed them last. */
  initHash?: number
  /** The button with which a form was submitted. */
  lastButtonClicked?: Element | null | undefined
  /** Ours: the handlers of `ws-send`. */
  wsSend?: object
}

/** What public code finds at `element["htmx-internal-data"].webSocket`. */
export interface InternalWebSocket {
  readonly socket: WebSocketLike | null
  /** The `socketWrapper` of events. */
  readonly publicInterface: SocketWrapper
  send(message: Payload, from?: Element, settle?: Message["settle"]): void
  sendImmediately(message: Payload, from?: Element): void
  init(): void
  close(): void
  /** The waiting messages, as `publicInterface.queue`. Assigning an array replaces them. */
  messageQueue: Array<Message>
  /** Sends the waiting messages if the socket is open. */
  handleQueuedMessages(): void
  /** How many retries have been dialled since the last open. Setting it to 0 starts the backoff over. */
  retryCount: number
  readonly events: Record<string, Array<(event: SocketEvent) => void>>
  /** Adds a listener to the socket, and to each that follows. */
  addEventListener(type: string, listener: (event: SocketEvent) => void): void
}

export interface SettleInfo2 {
  readonly tasks: Array<() => void>
}

/** The values of an element as htmx collects them: on htmx 2 in `formData`, on htmx 1 in `values`. */
export interface InputValues2 {
  readonly errors: Array<unknown>
  readonly values: Record<string, unknown>
  readonly formData?: FormData
}

/** The `api` that `init` is given. */
export interface Api2 {
  addTriggerHandler(
    element: Element,
    spec: TriggerSpec2,
    data: InternalData2,
    handler: (element: Element, event?: Event) => void,
  ): void
  /** On htmx 1. That of htmx 2 takes a `FormData`. */
  filterValues(values: Record<string, unknown>, element: Element): Record<string, unknown>
  getAttributeValue(element: Element, name: string): string | null
  /** From 1.9.3 on. Returns `false` if it has got as far as a shadow root. */
  getClosestAttributeValue?(element: Element, name: string): string | null | false | undefined
  getExpressionVars(element: Element, event?: Event): Record<string, unknown>
  getHeaders(element: Element, target: Element | null | undefined): Record<string, string>
  getInputValues(element: Element, verb: string): InputValues2
  getInternalData(element: Element): InternalData2
  getTarget(element: Element): Element | null | undefined
  getTriggerSpecs(element: Element): ReadonlyArray<TriggerSpec2>
  makeFragment(html: string): ParentNode
  makeSettleInfo(element: Element): SettleInfo2
  oobSwap(value: string, element: Element, settleInfo: SettleInfo2): void
  shouldCancel(event: Event, element: Element): boolean
  triggerErrorEvent(element: Element, name: string, detail: object): void
  triggerEvent(element: Element, name: string, detail?: object): boolean
  withExtensions(element: Element, toDo: (extension: ActiveExtension2) => void): void
}
