import type { SocketWrapper } from "../../../src/htmx/v2/extension.ts"

/** An event of the extension, recorded when it was dispatched. */
export interface Recorded {
  /** Without `htmx:`. */
  readonly name: string
  /** `#id` of its element, or the tag. */
  readonly on: string
  /** Whether its element was in the document. */
  readonly attached: boolean
  /** The fields of `detail` that can be JSON; errors and DOM events as text. */
  readonly detail: { readonly [field: string]: unknown }
  /** The number of its `socketWrapper`. */
  readonly wrapper: number | undefined
}

/** The functions of htmx that tests use in a page. */
export interface PageHtmx {
  readonly config: Record<string, unknown>
  createWebSocket: (url: string, protocols?: ReadonlyArray<string>) => WebSocket
  ajax(verb: string, path: string, context: object): Promise<void>
  process(element: Element | ShadowRoot): void
  trigger(element: Element, name: string): boolean
}

declare global {
  interface Window {
    htmx: PageHtmx
    events: Array<Recorded>
    /** Every WebSocket that the page has made. */
    sockets: Array<WebSocket>
    /** The `socketWrapper` of the last event on each element, by `#id`. */
    wrappers: Record<string, SocketWrapper>
  }
}

/** Runs in the page before its scripts: records the events of the extension, and every WebSocket. */
export const record = (): void => {
  window.events = []
  window.sockets = []
  window.wrappers = {}

  const nameOf = (target: EventTarget) =>
    target instanceof Element ? (target.id === "" ? target.localName : `#${target.id}`) : "?"

  const plain = (value: unknown): unknown => {
    if (value instanceof Event) {
      const { code, reason } = value as CloseEvent
      return { event: value.type, code, reason }
    }
    if (value instanceof Error) return { error: value.constructor.name, message: value.message }
    if (value instanceof Blob) return { blob: value.size }
    if (value instanceof ArrayBuffer) return { buffer: value.byteLength }
    if (typeof value !== "object" || value === null) return value
    try {
      return JSON.parse(JSON.stringify(value))
    } catch {
      return String(value)
    }
  }

  const numbers = new Map<unknown, number>()
  const numberOf = (wrapper: unknown) => {
    if (!numbers.has(wrapper)) numbers.set(wrapper, numbers.size)
    return numbers.get(wrapper)
  }

  const { dispatchEvent } = EventTarget.prototype
  EventTarget.prototype.dispatchEvent = function (event) {
    if (/^htmx:(ws[A-Z]|validation:halted|oobError)/.test(event.type)) {
      const { elt, socketWrapper, ...detail } = (event as CustomEvent).detail ?? {}
      const on = nameOf(this)
      if (socketWrapper !== undefined) window.wrappers[on] = socketWrapper
      window.events.push({
        name: event.type.slice("htmx:".length),
        on,
        attached: this instanceof Element && this.isConnected,
        detail: Object.fromEntries(Object.entries(detail).map(([field, value]) => [field, plain(value)])),
        wrapper: socketWrapper === undefined ? undefined : numberOf(socketWrapper),
      })
    }
    return dispatchEvent.call(this, event)
  }

  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | Array<string>) {
      super(url, protocols)
      window.sockets.push(this)
    }
  }
}
