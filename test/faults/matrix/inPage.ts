/** What a page of the matrix in Chromium tells about itself. Runs in the page, before all other scripts. */

/** The public object of a connection. */
interface Handle {
  send(message: unknown, fromElt?: unknown, settle?: (ending: string) => void): unknown
  reconnect(): void
}

export interface Watched {
  readonly sockets: Array<WebSocket>
  readonly uncaught: Array<string>
  /** How each message has ended. */
  readonly endings: Record<string, Array<string>>
  /** How many timers and listeners of the page there are. */
  census(): { readonly timers: number; readonly listeners: number }
  send(text: string): void
  reconnect(): void
  hide(hidden: boolean): void
}

declare global {
  interface Window {
    watched: Watched
  }
}

/** `holds` has a listener of the open event ask for time, once. */
export const watch = (holds: boolean): void => {
  const sockets: Array<WebSocket> = []
  const uncaught: Array<string> = []
  const endings: Record<string, Array<string>> = {}
  const timers = new Set<unknown>()
  const listeners = new Set<object>()
  let handle: Handle | undefined

  addEventListener("error", ({ message }) => uncaught.push(message))
  addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)))

  window.WebSocket = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      sockets.push(this)
    }
  }

  const { clearTimeout, setTimeout } = window
  const set = (act: () => void, delay?: number): unknown => {
    const id = setTimeout(() => {
      timers.delete(id)
      act()
    }, delay)
    timers.add(id)
    return id
  }
  const clear = (id?: number): void => {
    timers.delete(id)
    clearTimeout(id)
  }
  Object.assign(window, { setTimeout: set, clearTimeout: clear })

  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window
    const { once = false, signal } = Object(options) as AddEventListenerOptions
    if (target === window || target === document) {
      const one = { type, listener }
      listeners.add(one)
      const forget = (): void => void listeners.delete(one)
      if (signal) add.call(signal, "abort", forget)
      if (once) add.call(target, type, forget, { once, capture: true })
    }
    add.call(target, type, listener, options)
  }
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    for (const one of listeners as Set<{ type: string; listener: unknown }>)
      if (one.type === type && one.listener === listener) listeners.delete(one)
    remove.call(this ?? window, type, listener, options)
  }

  const follow = (event: Event): void => {
    const { connection, socketWrapper } = (event as CustomEvent).detail
    handle = socketWrapper ?? connection
  }
  add.call(document, "htmx:wsConfigConnect", follow)
  add.call(document, "htmx:ws:before:connection", follow)
  if (holds)
    for (const name of ["htmx:wsOpen", "htmx:ws:after:connection"])
      add.call(document, name, (event) => (event as CustomEvent).detail.waitUntil(new Promise(() => {})), {
        once: true,
      })

  window.watched = {
    sockets,
    uncaught,
    endings,
    census: () => ({ timers: timers.size, listeners: listeners.size }),
    send(text) {
      const settle = (ending: string): void => void endings[text]?.push(ending)
      endings[text] = []
      // On htmx 4 a program gives one object.
      if (document.querySelector("[ws-connect]")) handle?.send(text, document.querySelector("#c"), settle)
      else handle?.send({ data: text, settle })
    },
    reconnect: () => handle?.reconnect(),
    hide(hidden) {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden })
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))
    },
  }
}
