/** The connection of an element on htmx 1.9 and 2, as events and public code see it. */
import * as Result from "effect/Result"
import type { Connection } from "../core/Connection.ts"
import { decodePayload, type Payload } from "../core/Payload.ts"
import { liveArray } from "./liveArray.ts"
import { nameOf, type StateName } from "./Status.ts"

/** A message of a page: what is sent, and the element that it is sent for. */
export interface Message {
  readonly message: Payload
  readonly sendElt?: Element | undefined
}

/** One object for the life of the connection, the same in every event. */
export interface SocketWrapper {
  /**
   * Sends in the same turn where the socket is open and nothing waits; lets the message wait otherwise. What
   * cannot be sent at all is `htmx:wsError`.
   */
  send(message: Payload, fromElt?: Element): void
  /** Sends in the same turn and before all that waits; `htmx:wsError` where the socket is not open. */
  sendImmediately(message: Payload, fromElt?: Element): void
  /** Dials at once: an open socket is replaced, a pending retry cancelled. */
  reconnect(): void
  /** Closes for good, until `reconnect`. `code` is 1000 or 3000 to 4999 (WHATWG WebSockets, `close`). */
  close(code?: number, reason?: string): void
  /** What waits, oldest first. Changing the array changes what waits. */
  readonly queue: Array<Message>
  readonly state: StateName
}

/** `fail` is told what cannot be done, and for which element. */
export const makeSocketWrapper = (
  connection: Connection<Message>,
  element: Element,
  fail: (element: Element, error: Error) => void,
): SocketWrapper => {
  const accept =
    (send: (message: Message) => void) =>
    (message: Payload, sendElt?: Element): void => {
      const payload = decodePayload(message)
      if (Result.isSuccess(payload)) send({ message: payload.success, sendElt })
      else fail(sendElt ?? element, new TypeError(`${payload.failure}: it was not sent`))
    }
  return {
    send: accept((message) => connection.sendUnsafe(message)),
    sendImmediately: accept((message) => {
      if (connection.sendNowUnsafe(message)) return
      fail(message.sendElt ?? element, new Error("The socket is not open: the message was not sent."))
    }),
    reconnect: () => connection.reconnectUnsafe(),
    close: (code, reason) => connection.closeUnsafe(code, reason),
    queue: liveArray(connection.outbox),
    get state() {
      return nameOf(connection.state)
    },
  }
}
