/** The connection of an element on htmx 1.9 and 2, as events and public code see it. */
import * as Result from "effect/Result"
import type { Connection } from "../../core/Connection.ts"
import { decodePayload, type Payload } from "../../core/Payload.ts"
import type { WebSocketLike } from "../../core/Socket.ts"
import { tryDecode } from "../Form.ts"
import { liveArray } from "../liveArray.ts"
import type { Port, Settleable } from "../Port.ts"
import { type StateName, stateName } from "../Status.ts"

/** What a page may send. Anything but a `Payload` is sent as its text. */
export type Sendable = Payload | number | boolean | URLSearchParams

/** A message of a page, and the element that it is sent for, or a selector of that. */
export interface Message extends Settleable {
  readonly message: Sendable
  readonly sendElt?: Element | string | null | undefined
}

/** Returns the element that a message is sent for, found as htmx itself would, if there is one. */
export const senderOf = (given: unknown): Element | undefined => {
  let sender = given
  try {
    if (typeof given === "string") sender = document.querySelector(given)
  } catch {
    // Not a valid selector.
  }
  return isTarget(sender) ? sender : undefined
}

// By method and not by `instanceof`: it may be of another window.
const isTarget = (value: unknown): value is Element =>
  typeof (value as Element | null | undefined)?.dispatchEvent === "function"

/** One object for the life of the connection, the same in every event. */
export interface SocketWrapper {
  /**
   * Sends in the same turn if the socket is open and no message waits; otherwise the message waits. Dispatches
   * `htmx:wsError` for what cannot be sent at all. `settle` is called with how the message ends.
   */
  send(message: Sendable, fromElt?: Message["sendElt"], settle?: Message["settle"]): void
  /** Sends in the same turn, before all waiting messages. Dispatches `htmx:wsError` if the socket is not open. */
  sendImmediately(message: Sendable, fromElt?: Message["sendElt"]): void
  /** Dials at once. Replaces an open socket, and cancels a pending retry. */
  reconnect(): void
  /** Closes for good, until `reconnect`. `code` is 1000 or 3000 to 4999 (WHATWG WebSockets, `close`). */
  close(code?: number, reason?: string): void
  /** Applies a message as if it had been received. */
  apply(message: unknown): void
  /** The last WebSocket, open or closed; `null` before the first. */
  readonly socket: WebSocketLike | null
  /** The waiting messages, oldest first. Changing the array changes what waits. */
  readonly queue: Array<Message>
  readonly state: StateName
  /** For typed clients. */
  readonly port: Port<Message>
}

/** The connection behind a wrapper, reduced to what is used of it. */
interface Wrapped {
  readonly connection: Connection<Message>
  readonly socket: WebSocketLike | null
  readonly port: Port<Message>
  onMessage(message: unknown): void
}

/** Makes the public object of a connection. `fail` is called with the sender and the error of a message. */
export const makeSocketWrapper = (
  wrapped: Wrapped,
  fail: (sendElt: Message["sendElt"], error: Error) => void,
): SocketWrapper => {
  const { connection, port } = wrapped
  const accept =
    (send: (message: Message) => void): SocketWrapper["send"] =>
    (message, sendElt, settle) => {
      const payload = tryDecode(() => decodePayload(message))
      // The page's own value is what its queue and its events show.
      if (Result.isSuccess(payload)) send({ message, sendElt, settle })
      else fail(sendElt, new TypeError(`${payload.failure}: it was not sent`))
    }
  return {
    send: accept((message) => connection.send(message)),
    sendImmediately: accept((message) => {
      if (connection.sendNow(message) === "unsent")
        fail(message.sendElt, new Error("the socket is not open: the message was not sent"))
    }),
    reconnect: () => connection.reconnect(),
    close: (code, reason) => connection.close(code, reason),
    apply: (message) => wrapped.onMessage(message),
    queue: liveArray(connection.outbox, (message) => message?.settle?.("removed")),
    port,
    get socket() {
      return wrapped.socket
    },
    get state() {
      return stateName(connection.state)
    },
  }
}
