/** What becomes of messages and connections on a page, as errors. */
import {
  ConnectionClosed,
  MessageDiscarded,
  MessageExpired,
  MessageRefused,
  OutboxFull,
  RetriesExhausted,
  type SendError,
} from "../client/Errors.ts"
import type { Letter } from "../client/Exchange.ts"

type Subject = Pick<Letter, "value">

export const discarded = ({ value }: Subject): MessageDiscarded =>
  new MessageDiscarded({
    message: "the page has discarded a message: a listener has refused it, or it was taken out of the queue",
    value,
  })

/** What `wsDropped` and `ws:message:dropped` say. */
export const dropped = ({ value }: Subject, reason: unknown): SendError => {
  switch (reason) {
    case "overflow":
      return new OutboxFull({ message: "there was no room for a message among those that wait", value })
    case "expired":
      return new MessageExpired({ message: "a message has waited longer than queueTtl", value })
    default:
      return new MessageRefused({ message: "an open socket would not take a message, twice", value })
  }
}

export const closedByPeer = (code: number, reason: string): ConnectionClosed =>
  new ConnectionClosed({
    message: `the connection was closed with ${code} ${reason}`.trim(),
    closedBy: "peer",
    code,
    reason,
  })

export const exhausted = (attempts: number, code: number, reason: string): RetriesExhausted =>
  new RetriesExhausted({
    message:
      `the connection has failed after ${attempts} retries, the last of them with ${code} ${reason}`.trim(),
    attempts,
    code,
    reason,
  })
