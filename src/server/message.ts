/** What pages send: the values of a form with the headers of htmx beside them, or the JSON of a typed client. */
import * as Schema from "effect/Schema"
import { isId } from "./Place.ts"

/** A message of a page. */
export interface Message<out Values> {
  readonly values: Values
  /** The headers that htmx would send with a request, such as `HX-Trigger`. A typed client sends none. */
  readonly headers: Readonly<Record<string, string>>
  /** The id by which the page waits for an answer, if it does. A page that sends a message again gives it the same. */
  readonly id: string | undefined
}

const Frame = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
export const decodeFrame = Schema.decodeUnknownEffect(Frame)

/** Splits the JSON of a page: htmx 1.9 and 2 have the headers in `HEADERS`, and htmx 4 in `headers`. */
export const split = (
  frame: Readonly<Record<string, unknown>>,
): Message<Readonly<Record<string, unknown>>> => {
  const key = ["HEADERS", "headers"].find((key) => typeof frame[key] === "object" && frame[key] !== null)
  if (key === undefined) return { values: frame, headers: {}, id: undefined }
  const { [key]: given, ...values } = frame
  // htmx has `null` for those that it would not send.
  const headers: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(given as object).filter(([, value]) => typeof value === "string"),
  )
  const id = headers["HX-Message-ID"]
  return { values, headers, id: id !== undefined && isId(id) ? id : undefined }
}

/** The message by which a page asks whether the connection is alive. */
export const isPing = (frame: Readonly<Record<string, unknown>>): boolean =>
  frame.type === "ping" && Object.keys(frame).length === 1

/** Answers a ping. Any frame would; a page shows nothing of this one. */
export const pong = "<!--pong-->"
