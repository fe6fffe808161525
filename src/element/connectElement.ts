/** The typed client over the connection of an element, for programs without Effect. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import type { MessageDiscarded } from "../client/Errors.ts"
import { type AbortSignalLike, type Connected, promised, run, scopeUntil } from "../client/promised.ts"
import type { Buffering } from "../client/Session.ts"
import * as Standard from "../client/Standard.ts"
import { attach } from "./attach.ts"
import type { HtmxVersion } from "./HtmxVersion.ts"

export type { Connected } from "../client/promised.ts"

/** The options of `connectElement`: the Standard Schemas of messages, which are JSON text. */
export interface Options<Out, In> extends Buffering {
  /** The schema of outgoing messages. Its output is sent. Without it, any JSON is. */
  readonly outgoing?: StandardSchemaV1<Out, unknown> | undefined
  /** The schema of incoming messages. The client takes every frame that it accepts. Without it, that is any JSON. */
  readonly incoming?: StandardSchemaV1<unknown, In> | undefined
  /** Ends the client when it is aborted. The connection goes on. */
  readonly signal?: AbortSignalLike | undefined
}

export type ConnectElement = <Out = unknown, In = unknown>(
  element: Element | null,
  options?: Options<Out, In>,
) => Promise<Connected<Out, In, MessageDiscarded>>

export const connectElementBy =
  <A>(version: HtmxVersion<A>): ConnectElement =>
  async (element, options = {}) => {
    const { incoming, outgoing, signal } = options
    const scope = scopeUntil(signal)
    const attached = attach(version, element, Standard.codec(outgoing, incoming, "json"), options)
    const release = Scope.close(scope, Exit.void)
    const session = await run(
      Effect.onError(Scope.provide(attached, scope), () => release),
      { signal },
    )
    return promised(session, scope, () => Effect.runPromise(release))
  }
