import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export const maxName = 24
export const maxText = 500

const text = (max: number) => Schema.Trim.check(Schema.isMinLength(1), Schema.isMaxLength(max))

const said = { name: text(maxName), text: text(maxText) }

/** What a form says that is submitted by HTTP. */
export const Said = Schema.Struct(said)

/**
 * A message from the page: flat JSON that `ws-send` makes of a form and its `hx-vals`. Ignores the `HEADERS` that
 * the extension adds.
 */
export const ClientMessage = Schema.TaggedUnion({
  Say: said,
  Rename: { name: text(maxName) },
})

export type ClientMessage = typeof ClientMessage.Type

/** The header of a message, or of a request, whose sender waits for an answer. */
export const idHeader = "HX-Message-ID"

const Asking = Schema.Struct({ HEADERS: Schema.Struct({ [idHeader]: Schema.String }) })

/** The id of a message whose sender waits for an answer. */
export const idOf = (text: string | Uint8Array): string | undefined =>
  Option.getOrUndefined(decodeAsking(text))?.HEADERS[idHeader]

const decodeAsking = Schema.decodeUnknownOption(Schema.fromJsonString(Asking))

export const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ClientMessage))
