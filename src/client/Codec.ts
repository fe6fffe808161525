/** Encodes messages as frames, and decodes frames as messages. */
import * as Effect from "effect/Effect"
import { type Payload, payloadOf, tagOf } from "../core/payloadOf.ts"
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
      Effect.flatMap((frame) => Effect.fromResult(payloadOf(frame))),
      Effect.catch(fail),
      Effect.catchDefect(fail),
    )
  },
  decode: (frame) => {
    const fail = (cause: unknown) => Effect.fail(notDecoded(frame, cause))
    return Effect.suspend(() => decode(frame)).pipe(Effect.catch(fail), Effect.catchDefect(fail))
  },
})

/** Returns a binary frame as bytes, and any other as it is. */
export const bytes = (frame: unknown): unknown =>
  // By tag and not by `instanceof`: a frame may come from another window of the page.
  tagOf(frame) === "ArrayBuffer" ? new Uint8Array(frame as ArrayBuffer) : frame
