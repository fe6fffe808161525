/** The events of the extension on htmx 4, as their listeners see them. Types only. */
import type { SocketEvent } from "../../core/Socket.ts"
import type { Incoming, Outgoing, WsConnection } from "./WsConnection.ts"

/** What every event of a connection has in its detail. */
export interface OfConnection {
  readonly connection: WsConnection
}

/** The detail of an event that listeners may cancel, by `preventDefault()` or `cancelled`, or delay. */
export interface Asking extends OfConnection {
  cancelled: boolean
  /** Delays what follows until the promise has settled. */
  readonly waitUntil: (promise: unknown) => void
}

/**
 * The details of the events, by their names. What is not `readonly` may be replaced by a listener.
 *
 * **Example**
 *
 * ```ts
 * import type { WsEvent } from "htmx-ext-effect-ws/htmx4"
 *
 * const count = document.querySelector("#count")
 * const show = ({ detail }: WsEvent<"htmx:ws:reconnecting">) => {
 *   if (count) count.textContent = `retry ${detail.attempt} in ${detail.delay} ms`
 * }
 * document.addEventListener("htmx:ws:reconnecting", show as EventListener)
 * ```
 */
export interface WsEvents {
  /**
   * A connection is about to be dialled: the first time, and at each retry. `connection.url` may be replaced. The dial
   * waits for the promises that listeners pass to `waitUntil`.
   *
   * @on connect element
   * @cancelled the connection is not dialled
   */
  "htmx:ws:before:connection": Asking
  /**
   * The socket is open. What listeners write to `connection.socket` now goes before all waiting messages, on every open: a
   * login, a subscription. Waiting messages are held back for the promises that listeners pass to `waitUntil`.
   *
   * @on connect element
   */
  "htmx:ws:after:connection": OfConnection & {
    /** Delays what follows until the promise has settled. */
    readonly waitUntil: (promise: unknown) => void
  }
  /**
   * The socket has closed with `code` (`reason` is `closed`), a listener has cancelled the dial (`cancelled`), or the
   * element has left (`removed`).
   *
   * @on connect element
   */
  "htmx:ws:close": OfConnection & {
    readonly reason: "closed" | "cancelled" | "removed"
    readonly code: number | null
  }
  /**
   * Something has failed, and a sentence on the console says what. Without a connection around the element, `url` is what
   * its connect element dials, if there is one.
   *
   * @on the element at fault
   */
  "htmx:ws:error": {
    readonly error: unknown
    readonly connection?: WsConnection
    readonly url?: string | null
  }
  /**
   * A retry is scheduled: `attempt` is its number, `delay` its delay in milliseconds, and `event` what closed the socket.
   *
   * @on connect element
   * @added
   */
  "htmx:ws:reconnecting": OfConnection & {
    readonly attempt: number
    delay: number
    readonly event: SocketEvent
  }
  /**
   * No retry is left (`reconnectMaxAttempts`). `connection.reconnect()` starts again.
   *
   * @on connect element
   * @added
   */
  "htmx:ws:failed": OfConnection & {
    readonly attempts: number
    readonly code: number
    readonly reason: string
  }
  /**
   * A frame has arrived. It is applied when the promises that listeners pass to `waitUntil` have settled. Listeners may
   * replace `message.data`, `text()` and `json()`.
   *
   * @on connect element
   * @cancelled the frame is ignored
   */
  "htmx:ws:before:message:incoming": Asking & { readonly message: Incoming }
  /**
   * A frame has been applied.
   *
   * @on connect element
   */
  "htmx:ws:after:message:incoming": OfConnection & { readonly message: Incoming }
  /**
   * A message is about to be made and accepted, when the promises that listeners pass to `waitUntil` have settled.
   * Listeners may change its `values` and `headers`, or set `data`. A function set as its `settle` is called with how the
   * message ends.
   *
   * @on the element that sends
   * @cancelled nothing is sent
   */
  "htmx:ws:before:message:outgoing": Asking & { readonly message: Outgoing }
  /**
   * A message has been written to the socket.
   *
   * @on the element that sends
   */
  "htmx:ws:after:message:outgoing": OfConnection & { readonly message: Outgoing }
  /**
   * An element cannot send: there is no connection around it.
   *
   * @on the element that sends
   * @cancelled `htmx:ws:error` does not follow
   * @added
   */
  "htmx:ws:unsent": { readonly message?: Outgoing }
  /**
   * A message that waited will not be sent: the queue is full (`overflow`), it has waited too long (`expired`), or the
   * connection has ended (`closed`).
   *
   * @on the element that sends
   * @added
   */
  "htmx:ws:message:dropped": OfConnection & {
    readonly message: Outgoing
    readonly reason: "overflow" | "expired" | "closed"
  }
}

/** An event of the extension, for the parameter of a listener. */
export type WsEvent<Name extends keyof WsEvents> = CustomEvent<WsEvents[Name]>
