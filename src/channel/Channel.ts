/**
 * What a page and its server send each other, typed once for both: the messages of the page, and the signals of the
 * server. Everything else that the server sends is HTML.
 *
 * **Example**
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 *
 * export const Chat = Channel.make("chat", {
 *   incoming: Schema.Struct({ text: Schema.NonEmptyString }),
 *   signals: { unread: Schema.Struct({ n: Schema.Int }) },
 * })
 * ```
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A schema that needs no services. */
export interface Plain extends Schema.Constraint {
  readonly DecodingServices: never
  readonly EncodingServices: never
}

/** The schemas of a channel. */
export interface Channel<
  out Incoming extends Plain = Plain,
  out Signals extends Readonly<Record<string, Plain>> = Readonly<Record<string, Plain>>,
> {
  readonly name: string
  readonly incoming: Incoming
  readonly signals: Signals
}

/** What a page sends over a channel: for the server it is incoming. */
export type Message<C extends Channel> = C["incoming"]["Type"]

/** The names of a channel's signals. */
export type SignalName<C extends Channel> = keyof C["signals"] & string

/** The value of a signal. */
export type Signal<C extends Channel, Name extends SignalName<C>> = C["signals"][Name]["Type"]

/** The signals in one frame: their values by name. */
export type Signals<C extends Channel> = { readonly [Name in SignalName<C>]?: Signal<C, Name> }

/**
 * The DOM events that `ws-signals` dispatches for the signals of a channel.
 *
 * **Example**
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 *
 * const News = Channel.make("news", { signals: { unread: Schema.Struct({ n: Schema.Int }) } })
 *
 * declare global {
 *   interface HTMLElementEventMap extends Channel.Events<typeof News> {}
 * }
 * document.body.addEventListener("unread", ({ detail }) => console.log(detail.n))
 * ```
 */
export type Events<C extends Channel> = {
  readonly [Name in SignalName<C>]: CustomEvent<Detail<C["signals"][Name]["Encoded"]>>
}

/** The detail of an event, which has to be an object. */
type Detail<Value> =
  Value extends ReadonlyArray<unknown>
    ? { readonly value: Value }
    : Value extends object
      ? Value
      : { readonly value: Value }

/**
 * Makes a channel. Without `incoming`, every message of a page is refused; without `signals`, there are none.
 *
 * **Gotchas**
 *
 * The values of a form are strings and lists of strings: a number in `incoming` has to be decoded from a string
 * (`Schema.FiniteFromString`). A signal with a `target` in its value goes to the elements that this selects.
 */
export const make = <
  Incoming extends Plain = typeof Schema.Never,
  const Signals extends Readonly<Record<string, Plain>> = Record<never, never>,
>(
  name: string,
  schemas: { readonly incoming?: Incoming; readonly signals?: Signals } = {},
): Channel<Incoming, Signals> => ({
  name,
  // Only the types express the defaults.
  incoming: (schemas.incoming ?? Schema.Never) as unknown as Incoming,
  signals: (schemas.signals ?? {}) as Signals,
})

/** Encodes the value of a signal as JSON. */
export const encodeSignal = <C extends Channel, Name extends SignalName<C>>(
  channel: C,
  name: Name,
  value: Signal<C, Name>,
): Effect.Effect<Schema.Json, Schema.SchemaError> =>
  Effect.suspend(() => Schema.encodeUnknownEffect(Schema.toCodecJson(channel.signals[name] as Plain))(value))

/** Decodes the signals of a channel in a control frame. Fails if it contains none, or one that its schema rejects. */
export const decodeSignals = <C extends Channel>(
  channel: C,
  frame: unknown,
): Effect.Effect<Signals<C>, Schema.SchemaError> => {
  const signals = Schema.Record(Schema.String, Schema.Unknown)
  const control = Schema.fromJsonString(Schema.Struct({ "HX-Trigger": signals }))
  return Effect.flatMap(Schema.decodeUnknownEffect(control)(frame), ({ "HX-Trigger": given }) => {
    const known = Object.keys(given).filter((name) => Object.hasOwn(channel.signals, name))
    return Effect.map(
      Effect.forEach(known, (name) =>
        Effect.map(
          Schema.decodeUnknownEffect(Schema.toCodecJson(channel.signals[name] as Plain))(given[name]),
          (value) => [name, value] as const,
        ),
      ),
      (entries) => Object.fromEntries(entries) as Signals<C>,
    )
  })
}
