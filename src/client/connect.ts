/** The typed client for programs without Effect, over a connection of its own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { type Options as DialOptions, dial } from "./dial.ts"
import { type AbortSignalLike, type Connected, promised, scopeUntil } from "./promised.ts"
import type { Session } from "./Session.ts"
import * as Standard from "./Standard.ts"
import type { UrlLike } from "./Url.ts"

export interface Options<Out, In> extends Omit<DialOptions, "url"> {
  /** The schema of what is sent: it checks what goes out, and may make another thing of it. Default: any JSON. */
  readonly outgoing?: StandardSchemaV1<Out, unknown> | undefined
  /** The schema of what comes. Default: any JSON. */
  readonly incoming?: StandardSchemaV1<unknown, In> | undefined
  /** `json`: messages are JSON text (the default). `raw`: they are the frames themselves, strings or bytes. */
  readonly format?: "json" | "raw" | undefined
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignalLike | undefined
}

/** Where to dial: fixed, or found out before every dial. What the function throws is a failed attempt. */
export type Url = string | UrlLike | (() => string | UrlLike | PromiseLike<string | UrlLike>)

/**
 * Connects, and dials again until it is closed. Answers at once: messages wait until the connection is open. Throws
 * `InvalidUrl` for a URL that cannot be one.
 *
 * *Example*
 *
 * ```ts
 * const chat = connect("wss://example.org/chat", { outgoing: z.object({ text: z.string() }), incoming: Said })
 * await chat.send({ text: "Hello" })
 * for await (const { by, text } of chat.messages) console.log(`${by}: ${text}`)
 * ```
 */
export const connect = <Out = unknown, In = unknown>(
  url: Url,
  options: Options<Out, In> = {},
): Connected<Out, In> => {
  const { format = "json", incoming, outgoing, signal } = options
  const scope = scopeUntil(signal)
  const session: Session<Out, In> = Effect.runSync(
    dial(Standard.codec(outgoing, incoming, format), {
      ...options,
      url: typeof url === "function" ? Effect.tryPromise({ try: async () => url(), catch: same }) : url,
    }).pipe(
      Scope.provide(scope),
      Effect.onError(() => Scope.close(scope, Exit.void)),
    ),
  )
  return promised(session, scope, (client) => client.close())
}

const same = (cause: unknown): unknown => cause
