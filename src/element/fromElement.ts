/** The typed client over the connection of an element. */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Client } from "../client/Client.ts"
import * as Codec from "../client/Codec.ts"
import type { BufferOverflow, MessageDiscarded } from "../client/Errors.ts"
import type { Buffering } from "../client/Session.ts"
import type { Lag, Overflow } from "../client/WsClient.ts"
import { attach } from "./attach.ts"
import type { NoConnection } from "./connectionOf.ts"
import type { HtmxVersion } from "./HtmxVersion.ts"

/** The connection of an element, whose messages are typed and checked in both directions. */
export interface ElementClient<in Out, out In, out Lag = BufferOverflow>
  extends Client<Out, In, Lag, MessageDiscarded> {}

/** The schemas of messages, which are JSON text. */
export interface Messages<Outgoing extends Schema.Constraint, Incoming extends Schema.Constraint> {
  /** The schema of outgoing messages. */
  readonly outgoing: Outgoing
  /** The schema of incoming messages. The client takes every frame that it accepts. */
  readonly incoming: Incoming
}

export type FromElement = <
  Outgoing extends Schema.Constraint,
  Incoming extends Schema.Constraint,
  const O extends Overflow,
>(
  element: Element | null,
  options: Messages<Outgoing, Incoming> & Buffering & { readonly overflow?: O },
) => Effect.Effect<
  ElementClient<Outgoing["Type"], Incoming["Type"], Lag<O>>,
  NoConnection,
  Scope.Scope | Outgoing["EncodingServices"] | Incoming["DecodingServices"]
>

export const fromElementBy =
  <A>(version: HtmxVersion<A>): FromElement =>
  (element, options) =>
    // Only the types know that a subscriber that loses messages cannot fail.
    attach(version, element, Codec.json(options.outgoing, options.incoming), options) as never
