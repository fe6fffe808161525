/** Why a message was not sent, not answered or not understood, and why there will be no more. */
import * as Data from "effect/Data"
import * as CloseCode from "../core/CloseCode.ts"
import type { DropReason } from "../core/Outbox.ts"
import type { SocketClosed } from "../core/Socket.ts"

/** A value that the schema of what goes out does not take. It was not sent. */
export class EncodeError extends Data.TaggedError("EncodeError")<{
  readonly message: string
  readonly value: unknown
  readonly cause: unknown
}> {}

/** A frame that the schema of what comes in does not take. The connection goes on. */
export class DecodeError extends Data.TaggedError("DecodeError")<{
  readonly message: string
  readonly frame: unknown
  readonly cause: unknown
}> {}

/** A message for which there was no room among those that wait. */
export class OutboxFull extends Data.TaggedError("OutboxFull")<{
  readonly message: string
  readonly value: unknown
}> {}

/** A message that has waited longer than `queueTtl`. */
export class MessageExpired extends Data.TaggedError("MessageExpired")<{
  readonly message: string
  readonly value: unknown
}> {}

/** A message that an open socket, or two, would not take at two attempts. */
export class MessageRefused extends Data.TaggedError("MessageRefused")<{
  readonly message: string
  readonly value: unknown
}> {}

/**
 * A message that the page has discarded: a listener has refused it, or somebody has taken it out of the queue. Only
 * where the connection belongs to an element.
 */
export class MessageDiscarded extends Data.TaggedError("MessageDiscarded")<{
  readonly message: string
  readonly value: unknown
}> {}

/**
 * The connection is over: closed by this side, or by the peer with a code that is not retried (`reconnectCodes`).
 * `reconnect` begins again, unless the scope of the client has closed.
 */
export class ConnectionClosed extends Data.TaggedError("ConnectionClosed")<{
  readonly message: string
  /** Who wanted it: this side by `close` or by the end of its scope, or else the peer or the network. */
  readonly closedBy: "this side" | "peer"
  readonly code: number
  readonly reason: string
}> {}

/** The connection is over: the retries that `reconnect` and `reconnectMaxAttempts` allow have come to nothing. */
export class RetriesExhausted extends Data.TaggedError("RetriesExhausted")<{
  readonly message: string
  readonly attempts: number
  /** How the last attempt ended. */
  readonly code: number
  readonly reason: string
}> {}

/** A socket has ended after a request was written to it and before the answer came: it may have arrived or not. */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<{
  readonly message: string
  readonly code: number
  readonly reason: string
}> {}

/** A request without an answer in time. It may have arrived. */
export class RequestTimeout extends Data.TaggedError("RequestTimeout")<{
  readonly message: string
  /** In milliseconds. */
  readonly timeout: number
}> {}

/** A subscriber that has fallen so far behind that messages would have had to wait without bound. */
export class BufferOverflow extends Data.TaggedError("BufferOverflow")<{
  readonly message: string
  readonly bufferSize: number
}> {}

/** A URL that cannot be one. */
export class InvalidUrl extends Data.TaggedError("InvalidUrl")<{
  readonly message: string
  readonly url: string
}> {}

/** Why a connection is over. */
export type Over = ConnectionClosed | RetriesExhausted

/** Why a message was not written. */
export type SendError = EncodeError | OutboxFull | MessageExpired | MessageRefused | Over

export const closedByUs = (message = "the connection was closed"): ConnectionClosed =>
  new ConnectionClosed({ message, closedBy: "this side", code: CloseCode.NormalClosure, reason: "" })

export const closedByPeer = ({ code, reason }: Pick<SocketClosed, "code" | "reason">): ConnectionClosed =>
  new ConnectionClosed({
    message: `the connection was closed by the peer with ${code} ${reason}`.trim(),
    closedBy: "peer",
    code,
    reason,
  })

export const exhausted = (
  attempts: number,
  { code, reason }: Pick<SocketClosed, "code" | "reason">,
): RetriesExhausted =>
  new RetriesExhausted({
    message:
      `the connection has failed after ${attempts} retries, the last of them with ${code} ${reason}`.trim(),
    attempts,
    code,
    reason,
  })

/** Why a message that waited was dropped. */
export const dropped = (value: unknown, reason: DropReason): SendError => {
  switch (reason) {
    case "overflow":
      return new OutboxFull({ message: "there was no room for a message among those that wait", value })
    case "expired":
      return new MessageExpired({ message: "a message has waited longer than queueTtl", value })
    case "refused":
      return new MessageRefused({ message: "an open socket would not take a message, twice", value })
    case "closed":
      return closedByUs()
  }
}

export const discarded = (value: unknown): MessageDiscarded =>
  new MessageDiscarded({
    message: "the page has discarded a message: a listener has refused it, or it was taken out of the queue",
    value,
  })
