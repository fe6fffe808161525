import * as Schema from "effect/Schema"

export const maxName = 24
export const maxText = 500

const text = (max: number) => Schema.Trim.check(Schema.isMinLength(1), Schema.isMaxLength(max))

/**
 * A message from the page: flat JSON that `ws-send` makes of a form and its `hx-vals`. Ignores the `HEADERS` that
 * the extension adds.
 */
export const ClientMessage = Schema.TaggedUnion({
  Say: { name: text(maxName), text: text(maxText) },
  Rename: { name: text(maxName) },
})

export type ClientMessage = typeof ClientMessage.Type

export const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ClientMessage))
