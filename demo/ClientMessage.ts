import * as Schema from "effect/Schema"

export const maxName = 24
export const maxText = 500

const text = (max: number) => Schema.Trim.check(Schema.isMinLength(1), Schema.isMaxLength(max))

/**
 * What the page sends: flat JSON, as `ws-send` makes it of a form and its `hx-vals`. The `HEADERS` that the
 * extension adds are of no interest here.
 */
export const ClientMessage = Schema.TaggedUnion({
  Say: { name: text(maxName), text: text(maxText) },
  Rename: { name: text(maxName) },
})

export type ClientMessage = typeof ClientMessage.Type

export const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ClientMessage))
