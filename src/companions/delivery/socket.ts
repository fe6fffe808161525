/** Sends messages by the socket, ends attempts, and removes messages from the queue of a connection. */
import { type Htmx, isHtmx4 } from "../Htmx.ts"
import type { Connection, Draft, Message } from "./Message.ts"
import type { Settle } from "./State.ts"

/** Returns the index of a message in the queue of its connection, or -1. */
const indexOf = (connection: Connection, draft: Draft, settle: Settle): number =>
  Array.from(connection.queue).findIndex((item) => item?.settle === settle || item?.message === draft)

/** Ends the attempt to send a queued message, and removes it from the queue. */
export const withdraw = ({ connection, draft, state }: Message): void => {
  const { settle } = state
  state.settle = undefined
  const at = settle && connection ? indexOf(connection, draft, settle) : -1
  if (at >= 0) connection?.queue.splice(at, 1)
}

/** Begins an attempt. The extension calls the `settle` that is set here with how it ends. */
export const attempt = (message: Message, end: (ending: string) => void): Settle => {
  const settle: Settle = (ending) => {
    if (message.state.settle !== settle) return
    message.state.settle = undefined
    end(ending)
  }
  message.state.settle = settle
  message.draft.settle = settle
  return settle
}

/** Ends an attempt on htmx 1.9 and 2 if the page, or an extension, has cancelled it, which no event reports. */
export const endIfRefused = ({ connection, draft }: Message, settle: Settle): void =>
  queueMicrotask(() => connection && indexOf(connection, draft, settle) < 0 && settle("vetoed"))

/** Sends a message again. */
export const sendAgain = (htmx: Htmx, { draft, sender }: Message, connection?: Connection): void => {
  const { headers, messageBody, parameters, settle } = draft
  if (isHtmx4(htmx)) connection?.send(draft)
  else connection?.send(messageBody ?? JSON.stringify({ ...parameters, HEADERS: headers }), sender, settle)
}
