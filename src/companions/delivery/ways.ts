/** Which way a message goes: by the socket, or as a request while that is down. */
import { dispatch, type Names } from "../events.ts"
import type { Message } from "./Message.ts"
import type { Page } from "./Page.ts"
import { withdraw } from "./socket.ts"

const fallback: Names = ["wsFallback", "ws:fallback"]

export interface Requests {
  /** Whether requests of a sender are under way, which others must not overtake. */
  has(sender: Element): boolean
  /** Asks for what a message says: in the same turn if no other request of its sender is under way. */
  add(message: Message): void
}

export interface Ways {
  /** Decides which way a message goes. Returns whether by request. */
  goesByRequest(message: Message): boolean
  /** Lets a message go by request, if the page agrees. Returns whether it does. */
  fallBack(message: Message): boolean
  /** Lets what waits for the socket go by request, unless that opens in time. */
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
      // From here on htmx marks what is busy.
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
      // Those behind it must not be overtaken, nor overtake it.
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
