/** Codecs of Effect's schemas. */
import * as Schema from "effect/Schema"
import { bytes, type Codec, make } from "./Codec.ts"

/** Messages are JSON text, in the canonical JSON of their schemas: a `Date` is a string. */
export const json = <Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
  outgoing: Outgoing,
  incoming: Incoming,
): Codec<Outgoing["Type"], Incoming["Type"], Outgoing["EncodingServices"] | Incoming["DecodingServices"]> =>
  raw(
    Schema.fromJsonString(Schema.toCodecJson(outgoing)),
    Schema.fromJsonString(Schema.toCodecJson(incoming)),
  )

/** The encoded sides of the schemas are the frames: text, or bytes as a `Uint8Array`. */
export const raw = <Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
  outgoing: Outgoing,
  incoming: Incoming,
): Codec<Outgoing["Type"], Incoming["Type"], Outgoing["EncodingServices"] | Incoming["DecodingServices"]> => {
  const decode = Schema.decodeUnknownEffect(incoming)
  return make(Schema.encodeEffect(outgoing), (frame) => decode(bytes(frame)))
}
