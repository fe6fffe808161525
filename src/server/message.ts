/** Reads what pages send: the values of a form and the headers of htmx, or the JSON of a typed client. */
import * as Schema from "effect/Schema"
import { isId } from "./Place.ts"

/** A message of a page. */
export interface Message<out Values> {
  readonly values: Values
  /** The headers that htmx would send with a request, such as `HX-Trigger`. A typed client sends none. */
  readonly headers: Readonly<Record<string, string>>
  /** The id of the message, if the page waits for an answer. It stays the same if the page sends the message again. */
  readonly id: string | undefined
}

const Frame = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
export const decodeFrame = Schema.decodeUnknownEffect(Frame)

/** Splits the JSON of a page into values and headers, which are in `HEADERS` on htmx 1.9 and 2, and in `headers` on htmx 4. */
export const split = (
  frame: Readonly<Record<string, unknown>>,
): Message<Readonly<Record<string, unknown>>> => {
  const key = ["HEADERS", "headers"].find((key) => typeof frame[key] === "object" && frame[key] !== null)
  if (key === undefined) return { values: frame, headers: {}, id: undefined }
  const { [key]: given, ...values } = frame
  // htmx sets headers to `null` that it would not send.
  const headers: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(given as object).filter(([, value]) => typeof value === "string"),
  )
  const id = headers["HX-Message-ID"]
  return { values, headers, id: id !== undefined && isId(id) ? id : undefined }
}

/** Returns whether a message is the heartbeat of a page. */
export const isPing = (frame: Readonly<Record<string, unknown>>): boolean =>
  frame.type === "ping" && Object.keys(frame).length === 1

/** Answers a ping. Any frame would do, and this one changes nothing on a page. */
export const pong = "<!--pong-->"
