import * as Schema from "effect/Schema"
import { Channel } from "htmx-ext-effect-ws/channel"

export const maxName = 24
export const maxText = 500

const text = (max: number) => Schema.Trim.check(Schema.isMinLength(1), Schema.isMaxLength(max))

const said = { name: text(maxName), text: text(maxText) }

/** What a form says that is submitted by HTTP. */
export const Said = Schema.Struct(said)

/** A message from a page or a program. */
export const ClientMessage = Schema.TaggedUnion({
  Say: said,
  Rename: { name: text(maxName) },
})

export type ClientMessage = typeof ClientMessage.Type

/** What pages and programs send to the demo. */
export const Coffee = Channel.make("coffee", { incoming: ClientMessage })
