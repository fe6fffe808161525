/** The public object of a connection on htmx 4. */
import * as Exit from "effect/Exit"
import { isHidden } from "../elements.ts"
import { liveArray } from "../liveArray.ts"
import { done } from "../Runtime.ts"
import { stateName } from "../Status.ts"
import type { Carrier } from "./Carrier.ts"
import type { Receiving } from "./Receiving.ts"
import type { Sending } from "./Sending.ts"
import { post, queuedOf } from "./sender.ts"
import type { Outgoing, Queued, WsConnection } from "./WsConnection.ts"

/** Makes the public object of a connection, with all members of the official one. What a page writes to it takes effect. */
export const makeView = (
  carrier: Carrier & {
    readonly receiving: Receiving
    readonly sending: Sending
    readonly pauseAfter: number | false
  },
  url: string,
  config: Record<string, unknown>,
): WsConnection => {
  let queue: Array<Queued> | undefined
  const toggle = (): void => {
    if (isHidden()) carrier.connection.pause()
    else carrier.connection.resume()
  }
  return {
    url,
    config,
    cancelled: false,
    socket: null,
    abortController: null,
    timer: null,
    get queue() {
      queue ??= liveArray(carrier.connection.outbox, (queued) => queued?.settle?.("removed"))
      return queue
    },
    set queue(items) {
      this.queue.splice(0, Infinity, ...items)
    },
    get attempt() {
      return carrier.attempt
    },
    set attempt(attempt) {
      carrier.attempt = attempt
      carrier.connection.restartBackoff(attempt)
    },
    get visibilityHandler() {
      return carrier.pauseAfter === false ? null : toggle
    },
    get receiving() {
      return whenReached(carrier.receiving)
    },
    set receiving(promise) {
      carrier.receiving.enqueue(() => done(promise))
    },
    get sending() {
      return whenReached(carrier.sending)
    },
    set sending(promise) {
      carrier.sending.enqueue(() => done(promise))
    },
    get port() {
      return carrier.port
    },
    get state() {
      return stateName(carrier.connection.state)
    },
    send: (given) =>
      new Promise((answer) => {
        const message = Object.assign(given, { values: {}, headers: {}, ...given }) as Outgoing
        post(carrier, queuedOf(carrier.element, message), answer)
      }),
    apply: (data) => carrier.receiving.add(data, false),
    reconnect: () => carrier.reconnect(),
    close: (code, reason) => carrier.connection.close(code, reason),
  }
}

/** Resolves when all work that is in the queue now has ended. */
const whenReached = (queue: Receiving | Sending): Promise<void> =>
  new Promise((resolve) => {
    queue.enqueue(() => {
      resolve()
      return Exit.void
    })
  })
