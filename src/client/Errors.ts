/** The failures of a client, and their messages. */
import * as Data from "effect/Data"
import * as CloseCode from "../core/CloseCode.ts"
import { inWords } from "../core/inWords.ts"
import type { DropReason } from "../core/Outbox.ts"
import type { SocketClosed } from "../core/Socket.ts"

/** The schema `outgoing` rejects a message, or needs time in `sendUnsafe`. The message was not sent. */
export class EncodeError extends Data.TaggedError("EncodeError")<{
  readonly message: string
  readonly value: unknown
  readonly cause: unknown
}> {}

/** The schema `incoming` rejects a frame, or too many frames wait to be decoded. The connection goes on. */
export class DecodeError extends Data.TaggedError("DecodeError")<{
  readonly message: string
  readonly frame: unknown
  readonly cause: unknown
}> {}

/** A message was dropped because `queueCapacity` messages were waiting. */
export class OutboxFull extends Data.TaggedError("OutboxFull")<{
  readonly message: string
  readonly value: unknown
}> {}

/** A message was dropped because it waited longer than `queueTtl`. */
export class MessageExpired extends Data.TaggedError("MessageExpired")<{
  readonly message: string
  readonly value: unknown
}> {}

/** A message was dropped because writing it to an open socket failed twice. */
export class MessageRefused extends Data.TaggedError("MessageRefused")<{
  readonly message: string
  readonly value: unknown
}> {}

/**
 * A message was discarded by the page: a listener cancelled its event, or code removed it from the queue. Only clients
 * of elements fail with it.
 */
export class MessageDiscarded extends Data.TaggedError("MessageDiscarded")<{
  readonly message: string
  readonly value: unknown
}> {}

/**
 * The connection is over: closed by this side, or ended with a code that is not in `reconnectCodes`. `reconnect` begins
 * again, unless the scope of the client has closed.
 */
export class ConnectionClosed extends Data.TaggedError("ConnectionClosed")<{
  readonly message: string
  /** `"this side"` for `close` and the end of the scope; `"peer"` for the peer and the network. */
  readonly closedBy: "this side" | "peer"
  readonly code: number
  readonly reason: string
}> {}

/** The connection is over: `reconnect` or `reconnectMaxAttempts` allows no further retry. */
export class RetriesExhausted extends Data.TaggedError("RetriesExhausted")<{
  readonly message: string
  readonly attempts: number
  /** The close code of the last attempt. */
  readonly code: number
  readonly reason: string
}> {}

/** The socket ended after a request was written and before its answer arrived. The peer may have received it. */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<{
  readonly message: string
  readonly code: number
  readonly reason: string
}> {}

/** No answer to a request arrived in time. The peer may have received it. */
export class RequestTimeout extends Data.TaggedError("RequestTimeout")<{
  readonly message: string
  /** In milliseconds. */
  readonly timeout: number
}> {}

/** A subscriber of `messages` fell `bufferSize` messages behind. */
export class BufferOverflow extends Data.TaggedError("BufferOverflow")<{
  readonly message: string
  readonly bufferSize: number
}> {}

/** Subscribers of `messages` lost some: by `overflow`, or since they came later than `bufferSize` messages. */
export class MessagesLost extends Data.TaggedError("MessagesLost")<{
  readonly message: string
  readonly count: number
}> {}

/** `url` is not the URL of a WebSocket. */
export class InvalidUrl extends Data.TaggedError("InvalidUrl")<{
  readonly message: string
  readonly url: string
}> {}

/** Why a connection is over. */
export type Over = ConnectionClosed | RetriesExhausted

/** Why a message was not written. */
export type SendError = EncodeError | OutboxFull | MessageExpired | MessageRefused | Over

type End = Pick<SocketClosed, "code" | "reason">

const endedWith = ({ code, reason }: End): string =>
  `ended with code ${code}${reason === "" ? "" : ` (${reason})`}`

export const notEncoded = (value: unknown, cause: unknown): EncodeError =>
  new EncodeError({ message: `could not encode a message: ${why(cause)}`, value, cause })

export const notDecoded = (frame: unknown, cause: unknown): DecodeError =>
  new DecodeError({ message: `could not decode a frame: ${why(cause)}`, frame, cause })

/** Returns the text of a cause for the message of another failure. It may be an `Error` of another window. */
export const why = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "message" in cause && typeof cause.message === "string"
    ? cause.message
    : inWords(cause)

export const closedByUs = (message = "the connection was closed by this client"): ConnectionClosed =>
  new ConnectionClosed({ message, closedBy: "this side", code: CloseCode.NormalClosure, reason: "" })

export const closedByPeer = ({ code, reason }: End): ConnectionClosed =>
  new ConnectionClosed({
    message: `the connection ${endedWith({ code, reason })} and is not retried`,
    closedBy: "peer",
    code,
    reason,
  })

export const exhausted = (attempts: number, { code, reason }: End): RetriesExhausted =>
  new RetriesExhausted({
    message: `the connection failed after ${attempts} ${attempts === 1 ? "retry" : "retries"}: the last attempt ${endedWith({ code, reason })}`,
    attempts,
    code,
    reason,
  })

export const lost = ({ code, reason }: End): ConnectionLost =>
  new ConnectionLost({
    message: `the connection ${endedWith({ code, reason })} before a request was answered`,
    code,
    reason,
  })

export const unanswered = (timeout: number): RequestTimeout =>
  new RequestTimeout({ message: `a request was not answered within ${timeout} ms (timeout)`, timeout })

export const fellBehind = (bufferSize: number): BufferOverflow =>
  new BufferOverflow({
    message: `a subscriber fell ${bufferSize} messages behind: read faster, or change bufferSize or overflow`,
    bufferSize,
  })

export const messagesLost = (count: number): MessagesLost =>
  new MessagesLost({
    message: `${count} ${count === 1 ? "message was" : "messages were"} lost: the buffer of a subscriber was full (bufferSize, overflow)`,
    count,
  })

/** Makes the failure of a message that was dropped from the outbox. */
export const dropped = (value: unknown, reason: DropReason): SendError => {
  switch (reason) {
    case "overflow":
      return new OutboxFull({ message: "a message was dropped: the queue is full (queueCapacity)", value })
    case "expired":
      return new MessageExpired({ message: "a message was dropped: it waited longer than queueTtl", value })
    case "refused":
      return new MessageRefused({
        message: "a message was dropped: writing it to an open socket failed twice",
        value,
      })
    case "closed":
      return closedByUs()
  }
}

export const discarded = (value: unknown): MessageDiscarded =>
  new MessageDiscarded({
    message:
      "a message was discarded by the page: a listener cancelled its event, or it was removed from the queue",
    value,
  })
