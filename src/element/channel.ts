/** Clients of elements whose messages are those of a channel. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  type Channel,
  decodeSignals,
  type Message,
  type Signal,
  type SignalName,
  type Signals,
} from "../channel/Channel.ts"
import type { Client } from "../client/Client.ts"
import * as Codec from "../client/Codec.ts"
import type { BufferOverflow, MessageDiscarded, Over } from "../client/Errors.ts"
import * as SchemaCodec from "../client/SchemaCodec.ts"
import type { Session } from "../client/Session.ts"

/**
 * The connection of an element, over which a program sends the messages of a channel, and receives its signals. Each of its
 * `messages` is a record of the signals in one frame.
 */
export interface ChannelClient<C extends Channel, out Lag = BufferOverflow>
  extends Client<Message<C>, Signals<C>, Lag, MessageDiscarded> {
  /** Emits the values of a signal. The page gets the frames as well: companions dispatch events, and keep their ids. */
  readonly signal: <Name extends SignalName<C>>(name: Name) => Stream.Stream<Signal<C, Name>, Over | Lag>
}

/** Makes the codec of a page, whose messages are incoming for the server. */
export const codec = <C extends Channel>(channel: C): Codec.Codec<Message<C>, Signals<C>> => ({
  encode: SchemaCodec.json(channel.incoming, Schema.Never).encode,
  decode: Codec.make(Effect.succeed, (frame) => decodeSignals(channel, frame)).decode,
})

/** Reads the signals of a control frame, which the page gets, too. Reports one that its schema rejects. */
export const readSignals = <C extends Channel>(
  session: Session<Message<C>, Signals<C>, MessageDiscarded>,
  { decode }: Codec.Codec<Message<C>, Signals<C>>,
  frame: unknown,
): boolean => {
  if (typeof frame === "string" && /^\s*\{\s*"HX-/.test(frame) && /"HX-Trigger"\s*:\s*\{/.test(frame)) {
    const decoding = Effect.runFork(decode(frame))
    const decoded = decoding.pollUnsafe()
    decoding.interruptUnsafe()
    const isOfOthers =
      decoded !== undefined && Exit.isSuccess(decoded) && Object.keys(decoded.value).length === 0
    if (!isOfOthers) session.receive(frame, decoded ?? decode(frame))
  }
  return false
}

export const withSignals = <C extends Channel>(
  session: Session<Message<C>, Signals<C>, MessageDiscarded>,
): ChannelClient<C> =>
  Object.assign(session, {
    signal: <Name extends SignalName<C>>(name: Name) =>
      session.messages.pipe(
        Stream.filter((signals) => Object.hasOwn(signals, name)),
        Stream.map((signals) => signals[name] as Signal<C, Name>),
      ),
  })
