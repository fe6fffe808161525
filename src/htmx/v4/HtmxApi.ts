/** What the extension uses of htmx 4, and htmx's own declarations leave out. Types only. */
import type { WebSocketLike } from "../../core/Socket.ts"

/** The `htmx` object of 4. */
export interface Htmx4 {
  readonly version: string
  config: Spelling & { readonly defaultSwap: string; ws?: unknown }
  /** htmx 4 has none; a page that comes from htmx 2 may have. */
  createWebSocket?: (url: string, protocols?: ReadonlyArray<string>) => WebSocketLike
  /** Returns `false` if the page does not allow the extension, or has one of that name. */
  registerExtension(name: string, extension: Extension4): unknown
  /** htmx declares less for its `swap` than it takes: see `SwapContext4`. */
  swap(context: any): Promise<unknown>
}

/** How attributes are spelled besides `hx-a:b`: another prefix for `hx-`, another character for the colon. */
export interface Spelling {
  readonly prefix?: string
  readonly metaCharacter?: string
}

/** What `registerExtension` takes. A hook that returns `false` cancels its event. */
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

/** What htmx stores with an element. htmx deletes it when it is forced to tear the element down. */
export interface HtmxProp4 {
  readonly triggerSpecs: ReadonlyArray<TriggerSpec4>
  /** What htmx removes when it tears the element down. */
  readonly listeners: Array<Listening4 & { readonly handler: (event: Event) => void }>
  ws?: WsProp4
}

interface Listening4 {
  readonly fromElt: EventTarget
  readonly eventName: string
}

/** A trigger that htmx listens for. */
interface TriggerSpec4 {
  readonly listeners: ReadonlyArray<Listening4>
  /** The timer of its delay, another one for each event. */
  readonly timeout?: unknown
  /** The event that its throttle handles later. */
  readonly throttledEvent?: Event | null
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
  readonly sourceElement: Element
  /** The value of `hx-confirm`. */
  readonly confirm?: string | null
  readonly target: Element | null | undefined
  readonly request: { readonly headers: Record<string, string>; readonly validate: boolean }
}

/** The `api` that `init` is given. */
export interface Api4 {
  readonly HCON: { parse(text: string): Record<string, unknown> }
  attributeValue(element: Element, name: string): string | undefined
  /** Returns `undefined` if something is not valid. */
  collectFormData(
    element: Element,
    form: HTMLFormElement | null,
    submitter: HTMLElement | null | undefined,
    validate: boolean,
  ): FormData | undefined
  executeJavaScript(element: Element, scope: object, code: string): Promise<unknown>
  createRequestContext(element: Element, event: Event): RequestContext4
  /** Returns a promise if the value is computed. */
  getAttributeObject(
    element: Element,
    name: string,
    callback: (value: object) => void,
    scope?: object,
  ): Promise<void> | null | undefined
  htmxProp(element: Element): HtmxProp4
  onTrigger(element: Element, specs: string, handler: (event: Event) => void): void
  /** Returns `false` if the event was cancelled. */
  triggerHtmxEvent(element: Element, name: string, detail: object): boolean
}
