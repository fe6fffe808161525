/** Decides how a message is sent: by the socket, or by a request while that is down. */
import { dispatch, type Names } from "../events.ts"
import type { Message } from "./Message.ts"
import type { Page } from "./Page.ts"
import { withdraw } from "./socket.ts"

const fallback: Names = ["wsFallback", "ws:fallback"]

export interface Requests {
  /** Returns whether requests of a sender are pending, which later messages must not overtake. */
  has(sender: Element): boolean
  /** Issues the request of a message: in the same turn if no other request of its sender is pending. */
  add(message: Message): void
}

export interface Ways {
  /** Decides how a message is sent. Returns whether by a request. */
  goesByRequest(message: Message): boolean
  /** Decides for a request, unless a listener cancels that. Returns whether a request is to be made. */
  fallBack(message: Message): boolean
  /** Sends messages that wait for the socket by requests, unless it opens in time. */
  fallBackInTime(message: Message): void
}

const isWaiting = ({ state, way }: Message): boolean => state.name === "queued" && way === "either"

export const makeWays = ({ htmx, messages }: Page, requests: Requests, render: () => void): Ways => {
  const fallBack = (message: Message): boolean => {
    const { path, verb } = message.asked.request ?? {}
    const agrees = path !== undefined && dispatch(htmx, message.sender, fallback, { verb, path })
    message.way = agrees ? "request" : "socket"
    if (agrees) {
      withdraw(message)
      // From here on, htmx marks the sender as busy.
      render()
    }
    return agrees
  }
  const fallBackInTime = (message: Message): void => {
    const { asked, connection, sender, state } = message
    if (!isWaiting(message) || state.name !== "queued" || state.timer !== undefined) return
    state.timer = setTimeout(() => {
      state.timer = undefined
      if (connection?.state === "open") return
      // Those behind it must stay behind it.
      for (const other of [...messages.values()])
        if (other.sender === sender && isWaiting(other) && fallBack(other)) requests.add(other)
    }, asked.request?.after)
  }
  return {
    fallBack,
    fallBackInTime,
    goesByRequest(message) {
      const { asked, connection, sender, way } = message
      if (way !== "either") return way === "request"
      const isBehind = requests.has(sender)
      if (connection?.state === "open" && !isBehind) return false
      if (isBehind || asked.request?.after === 0) return fallBack(message)
      fallBackInTime(message)
      return false
    },
  }
}
