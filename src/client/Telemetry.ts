/**
 * Reports what a client does in the logs, spans and metrics of Effect. A program that does not use it does not load it.
 *
 * **Example**
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Telemetry, WsClient } from "htmx-ext-effect-ws"
 *
 * const program = Effect.gen(function* () {
 *   const client = yield* WsClient.make({ url: "wss://example.org/chat", outgoing: Schema.Json, incoming: Schema.Json })
 *   const chat = yield* Telemetry.observe(client, { name: "chat" })
 *   yield* chat.send({ text: "Hello" })
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Client } from "./Client.ts"
import type { State } from "./State.ts"

/** How a client is observed. */
export interface Options {
  /**
   * The name of the client in logs, spans and metrics.
   *
   * @default "ws"
   */
  readonly name?: string | undefined
}

/** Counts dials, by the attribute `client`. */
export const dials = Metric.counter("ws_client_dials", { description: "Dials", incremental: true })
/** 1 while the connection is open, and 0 otherwise. */
export const open = Metric.gauge("ws_client_open", { description: "Whether the connection is open" })
/** Counts messages that were written to a socket. */
export const sent = Metric.counter("ws_client_messages_sent", {
  description: "Messages written to a socket",
  incremental: true,
})
/** Counts messages that subscribers have read, once for each subscriber. */
export const read = Metric.counter("ws_client_messages_read", {
  description: "Messages read by subscribers",
  incremental: true,
})
/** Counts what `problems` and `decodeErrors` emit, by the attribute `problem`. */
export const problems = Metric.counter("ws_client_problems", { description: "Problems", incremental: true })
/** Measures how long answered requests take. */
export const requests = Metric.timer("ws_client_request_duration", {
  description: "The time from a request to its answer",
})

/**
 * Observes a client for the life of the scope. Succeeds with a client whose calls are observed, too.
 *
 * **Details**
 *
 * States are logged at the level Debug; problems, frames that are rejected, and a connection that has failed at Warning.
 * There are spans for each dial (`ws.dial`), `ws.send` and `ws.request`, with the attribute `ws.client`, and the metrics of
 * this module.
 *
 * **Gotchas**
 *
 * It subscribes to `problems` and `decodeErrors`, and so gets what they have kept for their first subscriber.
 */
export const observe = <Out, In, Lag, Veto>(
  client: Client<Out, In, Lag, Veto>,
  { name = "ws" }: Options = {},
): Effect.Effect<Client<Out, In, Lag, Veto>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const labels = { client: name }
    const of = <Input, State>(metric: Metric.Metric<Input, State>) => Metric.withAttributes(metric, labels)
    const context = yield* Effect.context<never>()
    const annotated = Effect.annotateLogs({ "ws.client": name })
    const span = { attributes: { "ws.client": name } }

    const warn = (what: { readonly _tag: string; readonly message: string }): Effect.Effect<void> =>
      Effect.andThen(
        Effect.logWarning(what.message),
        Metric.update(Metric.withAttributes(of(problems), { problem: what._tag }), 1),
      )
    const next = (state: State): Effect.Effect<unknown> =>
      Effect.gen(function* () {
        yield* Effect.logDebug(`${name}: ${state._tag}`)
        if (state._tag === "Failed") yield* Effect.logWarning(state.why.message)
        yield* Metric.update(of(open), state._tag === "Open" ? 1 : 0)
        if (state._tag !== "Connecting") return
        yield* Metric.update(of(dials), 1)
        yield* Effect.forkChild(
          Effect.exit(
            Effect.withSpan(opening(client.changes), "ws.dial", {
              attributes: { ...span.attributes, "ws.attempt": state.attempt },
            }),
          ),
          { startImmediately: true },
        )
      })
    for (const effect of [
      Stream.runForEach(client.changes, next),
      Stream.runForEach(
        client.problems as Stream.Stream<{ readonly _tag: string; readonly message: string }>,
        warn,
      ),
      Stream.runForEach(client.decodeErrors, warn),
    ])
      yield* Effect.forkScoped(annotated(effect), { startImmediately: true })

    return {
      get state() {
        return client.state
      },
      changes: client.changes,
      decodeErrors: client.decodeErrors,
      problems: client.problems,
      awaitOpen: client.awaitOpen,
      reconnect: client.reconnect,
      close: client.close,
      messages: Stream.tap(client.messages, () => Metric.update(of(read), 1)),
      send: (message) =>
        Effect.withSpan(
          Effect.tap(client.send(message), () => Metric.update(of(sent), 1)),
          "ws.send",
          span,
        ),
      sendUnsafe: (message) => {
        client.sendUnsafe(message)
        of(sent).updateUnsafe(1, context)
      },
      request: (message, options) =>
        Effect.withSpan(
          Effect.flatMap(Effect.timed(client.request(message, options)), ([duration, answer]) =>
            Effect.as(
              Effect.andThen(Metric.update(of(requests), duration), Metric.update(of(sent), 1)),
              answer,
            ),
          ),
          "ws.request",
          span,
        ),
    }
  })

/** Succeeds when a dial has opened, and fails with the state that follows otherwise. */
const opening = (changes: Stream.Stream<State>): Effect.Effect<void, State> =>
  changes.pipe(
    Stream.filter(({ _tag }) => _tag !== "Connecting"),
    Stream.runHead,
    Effect.flatMap((state) =>
      state._tag === "None" || state.value._tag === "Open" ? Effect.void : Effect.fail(state.value),
    ),
  )
