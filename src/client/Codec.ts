/** Encodes messages as frames, and decodes frames as messages. */
import * as Effect from "effect/Effect"
import { type BlobLike, type Payload, payloadOf, tagOf } from "../core/payloadOf.ts"
import { oneOf, type Reader } from "./check.ts"
import { type DecodeError, type EncodeError, notDecoded, notEncoded } from "./Errors.ts"

/** The formats of messages: JSON in text frames, JSON in binary frames, or the frames themselves. */
export const formats = oneOf("json", "json-bytes", "raw")
export type Format = typeof formats extends Reader<infer T> ? T : never

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

declare const TextDecoder: new (
  label: string,
  options: object,
) => { readonly decode: (bytes: Uint8Array) => string }
declare const TextEncoder: new () => { readonly encode: (text: string) => Uint8Array<ArrayBuffer> }

/** Returns the text of a frame, also of a binary one. Dies if its bytes are not UTF-8. */
export const text = (frame: unknown): Effect.Effect<unknown> => {
  if (typeof frame === "string") return Effect.succeed(frame)
  const given = bytes(frame)
  if (ArrayBuffer.isView(given)) return Effect.sync(() => textOf(given as Uint8Array))
  return Effect.promise(async () => textOf(new Uint8Array(await (frame as BlobLike).arrayBuffer())))
}

const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes)

/** Returns the bytes of a text, as UTF-8. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** Returns a binary frame as bytes, and any other as it is. */
export const bytes = (frame: unknown): unknown =>
  // By tag and not by `instanceof`: a frame may come from another window of the page.
  tagOf(frame) === "ArrayBuffer" ? new Uint8Array(frame as ArrayBuffer) : frame
