import * as Exit from "effect/Exit"
import { liveArray } from "../liveArray.ts"
import { done } from "../Runtime.ts"
import { stateName } from "../Status.ts"
import type { ElementConnection } from "./ElementConnection.ts"
import type { Receiving } from "./Receiving.ts"
import type { Sending } from "./Sending.ts"
import { post } from "./sender.ts"
import type { Outgoing, Queued, WsConnection } from "./WsConnection.ts"

/** Makes the public object of a connection, with all that the official one has. What a page writes into it takes effect. */
export const makeView = (
  owner: ElementConnection,
  url: string,
  config: Record<string, unknown>,
): WsConnection => {
  let queue: Array<Queued> | undefined
  const toggle = (): void => {
    if (document.hidden) owner.connection.pause()
    else owner.connection.resume()
  }
  return {
    url,
    config,
    cancelled: false,
    socket: null,
    abortController: null,
    timer: null,
    get queue() {
      queue ??= liveArray(owner.connection.outbox, (queued) => owner.port.tell("outcome", queued, "removed"))
      return queue
    },
    set queue(items) {
      this.queue.splice(0, Infinity, ...items)
    },
    get attempt() {
      return owner.attempt
    },
    set attempt(attempt) {
      owner.attempt = attempt
      owner.connection.restartBackoff(attempt)
    },
    get visibilityHandler() {
      return owner.pauseAfter === false ? null : toggle
    },
    get receiving() {
      return whenReached(owner.receiving)
    },
    set receiving(promise) {
      owner.receiving.enqueue(() => done(promise))
    },
    get sending() {
      return whenReached(owner.sending)
    },
    set sending(promise) {
      owner.sending.enqueue(() => done(promise))
    },
    get port() {
      return owner.port
    },
    get state() {
      return stateName(owner.connection.state)
    },
    send: (given) =>
      new Promise((answer) => {
        const message = Object.assign(given, { values: {}, headers: {}, ...given }) as Outgoing
        post(owner, { element: owner.element, message }, answer)
      }),
    reconnect: () => owner.reconnect(),
    close: (code, reason) => owner.connection.close(code, reason),
  }
}

/** Resolves when all work that is in the queue now is done. */
const whenReached = (queue: Receiving | Sending): Promise<void> =>
  new Promise((resolve) => {
    queue.enqueue(() => {
      resolve()
      return Exit.void
    })
  })
