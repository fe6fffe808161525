/** Makes codecs of Effect's schemas. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { bytes, type Codec, make, text, utf8 } from "./Codec.ts"

type CodecOf<Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> = Codec<
  Outgoing["Type"],
  Incoming["Type"],
  Outgoing["EncodingServices"] | Incoming["DecodingServices"]
>

/** Makes a codec of messages in the canonical JSON of their schemas: a `Date` is a string. */
export const json = <Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
  outgoing: Outgoing,
  incoming: Incoming,
  format: "json" | "json-bytes" = "json",
): CodecOf<Outgoing, Incoming> => {
  const encode = Schema.encodeEffect(Schema.fromJsonString(Schema.toCodecJson(outgoing)))
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(incoming)))
  return make(format === "json" ? encode : (message) => Effect.map(encode(message), utf8), (frame) =>
    typeof frame === "string" ? decode(frame) : Effect.flatMap(text(frame), decode),
  )
}

/** Makes a codec whose frames are the encoded sides of the schemas: text, or bytes as a `Uint8Array`. */
export const raw = <Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint>(
  outgoing: Outgoing,
  incoming: Incoming,
): CodecOf<Outgoing, Incoming> => {
  const decode = Schema.decodeUnknownEffect(incoming)
  return make(Schema.encodeEffect(outgoing), (frame) => decode(bytes(frame)))
}
