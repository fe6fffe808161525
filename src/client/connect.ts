/** The typed client for programs without Effect, over a connection of its own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { type Format, formats } from "./Codec.ts"
import { aFunction, check } from "./check.ts"
import { type Options as DialOptions, dial } from "./dial.ts"
import {
  type AbortSignalLike,
  type Connected,
  type Opening,
  promised,
  promisedOpening,
  scopeUntil,
} from "./promised.ts"
import type { Resume } from "./Resume.ts"
import type { Session } from "./Session.ts"
import * as Standard from "./Standard.ts"
import type { UrlLike } from "./Url.ts"

/** The options of `connect`. */
export interface Options<Out, In> extends Omit<DialOptions, "url"> {
  /** The schema of outgoing messages. Its output is sent. Without it, any JSON is. */
  readonly outgoing?: StandardSchemaV1<Out, unknown> | undefined
  /** The schema of incoming messages. Without it, they are any JSON. */
  readonly incoming?: StandardSchemaV1<unknown, In> | undefined
  /**
   * `"json"`: messages are JSON text. `"json-bytes"`: they are JSON in binary frames. (Either kind of frame is received
   * with both.) `"raw"`: they are the frames themselves, strings or bytes.
   *
   * @default "json"
   */
  readonly format?: Format | undefined
  /**
   * Called on every open, before waiting messages are sent: for a login, or to subscribe again. Messages that are sent
   * meanwhile wait until it has returned, or its promise is fulfilled. If it throws or rejects, or takes longer than
   * `connectTimeout`, the attempt fails.
   */
  readonly onOpen?: ((opening: Opening<Out, In>) => unknown) | undefined
  /** Returns the key of the request that a message answers, for requests by `key`; `undefined` if it answers none. */
  readonly answerTo?: ((message: In) => unknown) | undefined
  /** What `Resume.make` returns: each dial names the last message received, and the server sends those after it. */
  readonly resume?: Resume<In> | undefined
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignalLike | undefined
}

/** The URL to dial, or a function that is called before every dial. If it throws or rejects, the attempt fails. */
export type Url = string | UrlLike | (() => string | UrlLike | PromiseLike<string | UrlLike>)

/**
 * Connects, and dials again until it is closed. Returns at once: messages wait until the connection is open. Throws
 * `InvalidUrl` if `url` is not the URL of a WebSocket, and `TypeError` if a setting can never work.
 *
 * **Example**
 *
 * ```ts
 * import { connect } from "htmx-ext-effect-ws"
 * import * as z from "zod"
 *
 * await using chat = connect("wss://example.org/chat", {
 *   outgoing: z.object({ text: z.string() }),
 *   incoming: z.object({ by: z.string(), text: z.string() }),
 * })
 * await chat.send({ text: "Hello" })
 * for await (const { by, text } of chat.messages) {
 *   console.log(`${by}: ${text}`)
 *   break
 * }
 * ```
 */
export const connect = <Out = unknown, In = unknown>(
  url: Url,
  options: Options<Out, In> = {},
): Connected<Out, In> => {
  const { incoming, outgoing, signal } = options
  const format = check("format", formats, options.format, "json")
  const onOpen = check("onOpen", aFunction, options.onOpen, undefined) as Options<Out, In>["onOpen"]
  const codec = Standard.codec(outgoing, incoming, format)
  const scope = scopeUntil(signal)
  const session: Session<Out, In> = Effect.runSync(
    dial(codec, {
      ...options,
      onOpen:
        onOpen &&
        ((opening) => Effect.tryPromise({ try: async () => onOpen(promisedOpening(opening)), catch: same })),
      url: typeof url === "function" ? Effect.tryPromise({ try: async () => url(), catch: same }) : url,
    }).pipe(
      Scope.provide(scope),
      Effect.onError(() => Scope.close(scope, Exit.void)),
    ),
  )
  return promised(session, scope, (client) => client.close())
}

const same = (cause: unknown): unknown => cause
