/** Types of what we call of htmx, per generation, which htmx's own declarations leave out. No code. */
import type { Payload } from "../core/Payload.ts"
import type { SocketEvent, WebSocketLike } from "../core/Socket.ts"
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
  defineExtension(name: string, extension: Extension2): void
}

/** What `defineExtension` takes. */
export interface Extension2 {
  init(api: Api2): void
  getSelectors(): Array<string>
  readonly onEvent: (name: string, event: CustomEvent<{ readonly elt: unknown }>) => boolean
}

/** An extension as others see it: with what htmx fills in. */
export interface ActiveExtension2 {
  readonly onEvent: Extension2["onEvent"]
  transformResponse(response: unknown, xhr: null, element: Element): unknown
}

/** How an element is triggered. */
export interface TriggerSpec2 {
  readonly trigger: string
  readonly pollInterval?: number
  /** A selector of those whose events count. */
  readonly target?: string
  /** The condition in brackets. An event triggers only if it returns `true`. */
  readonly eventFilter?: { (this: Element, event: Event): unknown; readonly source?: string | undefined }
}

/** What htmx keeps with an element. It wipes this together with the handlers that it has attached. */
export interface InternalData2 {
  webSocket?: InternalWebSocket
  /** Of the attributes, as htmx has last seen them. */
  initHash?: number
  /** Ours: the handlers of `ws-send`. */
  wsSend?: object
}

/** What public code finds at `element["htmx-internal-data"].webSocket`. */
export interface InternalWebSocket {
  readonly socket: WebSocketLike | null
  /** The `socketWrapper` of events. */
  readonly publicInterface: SocketWrapper
  send(message: Payload, from?: Element): void
  sendImmediately(message: Payload, from?: Element): void
  init(): void
  close(): void
  /** What waits, as `publicInterface.queue`. Another array in its place takes it out. */
  messageQueue: Array<Message>
  /** Sends what waits, if the socket is open. */
  handleQueuedMessages(): void
  /** The retries since the last open, those that have been dialled. 0 lets the backoff start over. */
  retryCount: number
  readonly events: Record<string, Array<(event: SocketEvent) => void>>
  /** Listens to the socket, and to each that follows. */
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
  getAttributeValue(element: Element, name: string): string | null
  /** `false` where it has looked as far as a shadow root. */
  getClosestAttributeValue?(element: Element, name: string): string | null | false
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

/** The `htmx` object of 4. */
export interface Htmx4 {
  readonly version: string
  config: Spelling & { readonly defaultSwap: string; ws?: unknown }
  /** htmx 4 has none; a page that comes from htmx 2 may have. */
  createWebSocket?: (url: string, protocols?: ReadonlyArray<string>) => WebSocketLike
  /** Answers `false` where the page does not want the extension, or has one of that name. */
  registerExtension(name: string, extension: Extension4): unknown
  /** htmx declares less for its `swap` than it takes: see `SwapContext4`. */
  swap(context: any): Promise<unknown>
}

/** How attributes are spelled besides `hx-a:b`: another prefix for `hx-`, another character for the colon. */
export interface Spelling {
  readonly prefix?: string
  readonly metaCharacter?: string
}

/** What `registerExtension` takes. A hook that answers `false` cancels what it is told. */
export interface Extension4 {
  init(api: Api4): void
  htmx_after_process(root: Element): void
  htmx_before_cleanup(element: Element): void
  htmx_before_morph_node(): void
  htmx_before_morph_attr(element: Element, detail: { readonly attrName: string }): void
}

/** What `htmx.swap` takes. */
export interface SwapContext4 {
  readonly sourceElement: Element
  readonly target: Element | string
  readonly swap: string
  readonly text: string
  readonly select?: string | undefined
  readonly selectOOB?: string | undefined
  readonly transition: boolean
}

/** What htmx keeps with an element. It forgets this when it tears the element down by force. */
export interface HtmxProp4 {
  ws?: WsProp4
}

/** What public code finds at `element._htmx.ws`. */
export interface WsProp4 {
  connection?: object
  /** Whether the trigger of the connection is set up. */
  initialized?: boolean
  /** Whether the trigger of sending is set up. */
  sendInitialized?: boolean
}

export interface RequestContext4 {
  readonly target: Element | null | undefined
  readonly request: { readonly headers: Record<string, string>; readonly validate: boolean }
}

/** The `api` that `init` is given. */
export interface Api4 {
  readonly HCON: { parse(text: string): Record<string, unknown> }
  attributeValue(element: Element, name: string): string | undefined
  /** `undefined` where something is not valid. */
  collectFormData(
    element: Element,
    form: HTMLFormElement | null,
    submitter: HTMLElement | null | undefined,
    validate: boolean,
  ): FormData | undefined
  createRequestContext(element: Element, event: Event): RequestContext4
  /** Answers a promise where the value is computed. */
  getAttributeObject(
    element: Element,
    name: string,
    callback: (value: object) => void,
    scope?: object,
  ): Promise<void> | null | undefined
  htmxProp(element: Element): HtmxProp4
  onTrigger(element: Element, specs: string, handler: (event: Event) => void): void
  /** `false` where it was cancelled. */
  triggerHtmxEvent(element: Element, name: string, detail: object): boolean
}
