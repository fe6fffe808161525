/** The events of the extension on htmx 1.9 and 2, as their listeners see them. Types only. */
import type { SocketEvent } from "../../core/Socket.ts"
import type { SendConfig } from "./collect.ts"
import type { Sendable, SocketWrapper } from "./SocketWrapper.ts"

/** What every event of a connection has in its detail. htmx adds `elt`, the element at which it is dispatched. */
export interface OfConnection {
  readonly socketWrapper: SocketWrapper
}

/**
 * The details of the events, by their names. What is not `readonly` may be replaced by a listener.
 *
 * **Example**
 *
 * ```ts
 * import type { WsEvent } from "htmx-ext-effect-ws/htmx2"
 *
 * const count = document.querySelector("#count")
 * const show = ({ detail }: WsEvent<"htmx:wsReconnecting">) => {
 *   if (count) count.textContent = `retry ${detail.attempt} in ${detail.delay} ms`
 * }
 * document.addEventListener("htmx:wsReconnecting", show as EventListener)
 * ```
 */
export interface WsEvents {
  /**
   * A connection is about to be dialled: the first time, and at each retry. The dial waits for the promises that
   * listeners pass to `waitUntil`.
   *
   * @on connect element
   * @cancelled the connection is not dialled
   * @added
   */
  "htmx:wsConfigConnect": OfConnection & {
    url: string
    protocols: ReadonlyArray<string>
    readonly attempt: number
    /** Delays what follows until the promise has settled. */
    readonly waitUntil: (promise: unknown) => void
  }
  /**
   * The socket has been made.
   *
   * @on connect element
   */
  "htmx:wsConnecting": OfConnection & {
    readonly event: { readonly type: "connecting" }
    readonly attempt: number
  }
  /**
   * The socket is open. Messages that listeners send now go before all waiting ones, on every open: a login, a
   * subscription. Waiting messages are held back for the promises that listeners pass to `waitUntil`;
   * `sendImmediately` writes meanwhile.
   *
   * @on connect element
   */
  "htmx:wsOpen": OfConnection & {
    readonly event: SocketEvent | Event
    readonly attempt: number
    /** Delays what follows until the promise has settled. */
    readonly waitUntil: (promise: unknown) => void
  }
  /**
   * The socket has closed. `event` is the browser's `CloseEvent`, with `code`, `reason` and `wasClean`.
   *
   * @on connect element
   */
  "htmx:wsClose": OfConnection & { readonly event: SocketEvent }
  /**
   * Something has failed, and a sentence on the console says what. `error` is the event of the socket if it came from
   * there, and otherwise an `Error`.
   *
   * @on the element at fault
   */
  "htmx:wsError": { readonly error: unknown; readonly socketWrapper: SocketWrapper | undefined }
  /**
   * A retry is scheduled: `attempt` is its number, `delay` its delay in milliseconds, and `event` what closed the socket.
   *
   * @on connect element
   * @added
   */
  "htmx:wsReconnecting": OfConnection & {
    readonly attempt: number
    delay: number
    readonly event: SocketEvent
  }
  /**
   * No retry is left (`reconnectMaxAttempts`). `reconnect()` of the `socketWrapper` starts again.
   *
   * @on connect element
   * @added
   */
  "htmx:wsFailed": OfConnection & {
    readonly attempts: number
    readonly code: number
    readonly reason: string
  }
  /**
   * A frame has arrived.
   *
   * @on connect element
   * @cancelled the frame is ignored
   */
  "htmx:wsBeforeMessage": OfConnection & { message: unknown }
  /**
   * A frame has been applied.
   *
   * @on connect element
   */
  "htmx:wsAfterMessage": OfConnection & { readonly message: unknown }
  /**
   * An element is about to send: its values are collected, but its message is not made yet. A function set as `settle` is
   * called with how the message ends.
   *
   * @on the element that sends
   * @cancelled nothing is sent
   */
  "htmx:wsConfigSend": OfConnection & SendConfig
  /**
   * An element cannot send: there is no connection around it.
   *
   * @on the element that sends
   * @cancelled `htmx:wsError` does not follow
   * @added
   */
  "htmx:wsUnsent": SendConfig & { readonly socketWrapper: undefined }
  /**
   * A message is about to be written, at once or after it has waited.
   *
   * @on the element that sends
   * @cancelled the message is discarded
   */
  "htmx:wsBeforeSend": OfConnection & { readonly message: Sendable | undefined }
  /**
   * A message has been written to the socket.
   *
   * @on the element that sends
   */
  "htmx:wsAfterSend": OfConnection & { readonly message: Sendable | undefined }
  /**
   * A message that waited will not be sent: the queue is full (`overflow`), it has waited too long (`expired`), or the
   * connection has ended (`closed`).
   *
   * @on the element that sends
   * @added
   */
  "htmx:wsDropped": OfConnection & {
    readonly message: Sendable | undefined
    readonly reason: "overflow" | "expired" | "closed"
  }
}

/** An event of the extension, for the parameter of a listener. */
export type WsEvent<Name extends keyof WsEvents> = CustomEvent<WsEvents[Name] & { readonly elt: Element }>
