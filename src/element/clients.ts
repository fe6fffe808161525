/** Makes typed clients over the connections of elements: with Effect, and with promises. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import type { Channel } from "../channel/Channel.ts"
import type { Buffering } from "../client/Buffering.ts"
import type { Client } from "../client/Client.ts"
import type { BufferOverflow, MessageDiscarded } from "../client/Errors.ts"
import { type AbortSignalLike, type Connected, promised, run, scopeUntil } from "../client/promised.ts"
import * as SchemaCodec from "../client/SchemaCodec.ts"
import * as Standard from "../client/Standard.ts"
import type { Lag, Overflow } from "../client/WsClient.ts"
import { attach } from "./attach.ts"
import type { ChannelClient } from "./channel.ts"
import * as ofChannel from "./channel.ts"
import type { HtmxVersion, NoConnection } from "./connectionOf.ts"

export type { Connected } from "../client/promised.ts"

/**
 * The connection of an element, whose messages are typed and checked in both directions.
 *
 * **Details**
 *
 * - The client shares the socket, the queue and the order of the element, and follows it to another URL. When the
 *   element leaves the page, messages end, and what was not written fails with `ConnectionClosed`.
 * - A message is JSON text, and has the events of the element's own messages. It fails with `MessageDiscarded` if a
 *   listener cancels it, or if the page removes it from the queue.
 * - The client takes every frame of JSON that `incoming` accepts, after the page's listeners, which may replace or cancel
 *   it. Several clients may take the same frame. `decodeErrors` emits JSON that `incoming` rejects; htmx gets it, as it
 *   gets all other frames.
 * - `close` closes the connection for all its users. The end of the scope only removes this client's messages from the queue.
 *
 * **Gotchas**
 *
 * If the connection waits or has failed when the client is made, the cause is unknown: the delay is 0, and the code 1005.
 */
export interface ElementClient<in Out, out In, out Lag = BufferOverflow>
  extends Client<Out, In, Lag, MessageDiscarded> {}

/** The schemas of messages, which are JSON text. */
export interface Messages<Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> {
  /** The schema of outgoing messages. */
  readonly outgoing: Outgoing
  /** The schema of incoming messages. The client takes every frame that it accepts. */
  readonly incoming: Incoming
}

/** Makes typed clients of elements: with schemas of both directions, or with a channel. */
export interface FromElement {
  <Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint, const O extends Overflow>(
    element: Element | null,
    options: Messages<Outgoing, Incoming> & Buffering & { readonly overflow?: O },
  ): Effect.Effect<
    ElementClient<Outgoing["Type"], Incoming["Type"], Lag<O>>,
    NoConnection,
    Scope.Scope | Outgoing["EncodingServices"] | Incoming["DecodingServices"]
  >
  <C extends Channel, const O extends Overflow = undefined>(
    element: Element | null,
    channel: C,
    options?: Buffering & { readonly overflow?: O },
  ): Effect.Effect<ChannelClient<C, Lag<O>>, NoConnection, Scope.Scope>
}

// Only the types express that a subscriber that loses messages cannot fail.
export const fromElementBy = (version: HtmxVersion): FromElement =>
  ((
    element: Element | null,
    given: Channel | (Messages<Schema.Constraint, Schema.Constraint> & Buffering),
    buffering: Buffering = {},
  ) =>
    "signals" in given
      ? Effect.map(
          attach(version, element, ofChannel.codec(given), buffering, ofChannel.readSignals),
          ofChannel.withSignals,
        )
      : attach(version, element, SchemaCodec.json(given.outgoing, given.incoming), given)) as never

/** The options of `connectElement`: the Standard Schemas of messages, which are JSON text. */
export interface Options<Out, In> extends Buffering {
  /** The schema of outgoing messages. Its output is sent. Without it, any JSON is. */
  readonly outgoing?: StandardSchemaV1<Out, unknown> | undefined
  /** The schema of incoming messages. The client takes every frame that it accepts. Without it, that is any JSON. */
  readonly incoming?: StandardSchemaV1<unknown, In> | undefined
  /** Ends the client when it is aborted. The connection stays open. */
  readonly signal?: AbortSignalLike | undefined
}

export const connectElementBy =
  (version: HtmxVersion) =>
  async <Out = unknown, In = unknown>(
    element: Element | null,
    options: Options<Out, In> = {},
  ): Promise<Connected<Out, In, MessageDiscarded>> => {
    const { incoming, outgoing, signal } = options
    const codec = Standard.codec(outgoing, incoming, "json")
    const scope = scopeUntil(signal)
    const attached = attach(version, element, codec, options)
    const release = Scope.close(scope, Exit.void)
    const session = await run(
      Effect.onError(Scope.provide(attached, scope), () => release),
      { signal },
    )
    return promised(session, scope, () => Effect.runPromise(release))
  }
