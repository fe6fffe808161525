import * as Schema from "effect/Schema"

export const Entry = Schema.Struct({
  id: Schema.Int,
  at: Schema.DateTimeUtc,
  /** Absent if the message is from the server itself. */
  name: Schema.optionalKey(Schema.String),
  text: Schema.String,
  /** The id that its page has given it, if its sender waits for an answer. */
  message: Schema.optionalKey(Schema.String),
})
export type Entry = typeof Entry.Type

export const Quote = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  /** In cents. */
  price: Schema.Int,
  /** The previous prices, newest last. */
  past: Schema.Array(Schema.Int),
})
export type Quote = typeof Quote.Type

export const Trade = Schema.Struct({
  id: Schema.Int,
  at: Schema.DateTimeUtc,
  name: Schema.String,
  sacks: Schema.Int,
  price: Schema.Int,
})
export type Trade = typeof Trade.Type

/** A message to programs at `/chatroom.json`: first the whole state, then each change. */
export const ServerMessage = Schema.TaggedUnion({
  Everything: {
    /** The latest messages, oldest first. */
    entries: Schema.Array(Entry),
    people: Schema.Array(Schema.String),
    quotes: Schema.Array(Quote),
  },
  Said: { entry: Entry },
  Present: { people: Schema.Array(Schema.String) },
  Traded: { quote: Quote, trade: Trade },
})
export type ServerMessage = typeof ServerMessage.Type
