/** Encodes messages as frames, and decodes frames as messages. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodePayload, type Payload } from "../core/Payload.ts"
import { type DecodeError, type EncodeError, notDecoded, notEncoded } from "./Errors.ts"

export interface Codec<in Out, out In, out R = never> {
  readonly encode: (message: Out) => Effect.Effect<Payload, EncodeError, R>
  readonly decode: (frame: unknown) => Effect.Effect<In, DecodeError, R>
}

/** Provides a codec with the services that its schemas need. */
export const provided = <Out, In, R>(codec: Codec<Out, In, R>): Effect.Effect<Codec<Out, In>, never, R> =>
  Effect.map(Effect.context<R>(), (context) => ({
    encode: (message) => Effect.provideContext(codec.encode(message), context),
    decode: (frame) => Effect.provideContext(codec.decode(frame), context),
  }))

/** Makes a codec of functions that may fail with anything, and may throw. */
export const make = <Out, In, R = never>(
  encode: (message: Out) => Effect.Effect<unknown, unknown, R>,
  decode: (frame: unknown) => Effect.Effect<In, unknown, R>,
): Codec<Out, In, R> => ({
  encode: (message) => {
    const fail = (cause: unknown) => Effect.fail(notEncoded(message, cause))
    return Effect.suspend(() => encode(message)).pipe(
      Effect.flatMap((frame) => Effect.fromResult(decodePayload(frame))),
      Effect.catch(fail),
      Effect.catchDefect(fail),
    )
  },
  decode: (frame) => {
    const fail = (cause: unknown) => Effect.fail(notDecoded(frame, cause))
    return Effect.suspend(() => decode(frame)).pipe(Effect.catch(fail), Effect.catchDefect(fail))
  },
})

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

/** Returns a binary frame as bytes, and any other as it is. */
export const bytes = (frame: unknown): unknown =>
  frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame
