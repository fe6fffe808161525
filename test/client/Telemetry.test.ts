/** What `Telemetry.observe` reports in the logs, spans and metrics of Effect. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as TestClock from "effect/testing/TestClock"
import { Telemetry } from "../../src/index.ts"
import { answer, ask, fork, opened, said, say, test } from "./chat.ts"

/** Collects the logs and spans of an effect. */
const recorder = () => {
  const logs: Array<string> = []
  const spans: Array<Tracer.Span> = []
  const logger = Logger.make(({ logLevel, message }) => void logs.push(`${logLevel} ${message}`))
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    },
  })
  const collect = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(Tracer.Tracer, tracer),
      Effect.provideService(References.MinimumLogLevel, "All"),
      Effect.provide(Logger.layer([logger])),
    )
  return { logs, spans, collect }
}

test("states and problems are logged, calls and dials have spans, and metrics count", () => {
  const { collect, logs, spans } = recorder()
  return collect(
    Effect.gen(function* () {
      const { chat: client, link, peer } = yield* opened()
      const chat = yield* Telemetry.observe(client, { name: "observed" })
      yield* chat.send(say("a"))
      chat.sendUnsafe(say("b"))
      const reading = yield* fork(Stream.runCollect(Stream.take(chat.messages, 2)))
      const asking = yield* fork(chat.request(ask(1), { match: ({ _tag }) => _tag === "Answer" }))
      yield* TestClock.adjust("1 second")
      link.send(answer(1))
      link.send(said("hi"))
      yield* Fiber.joinAll([asking, reading])
      link.send("{")
      link.hangUp(1012)
      yield* TestClock.adjust("1 second")
      const next = yield* peer.nextLink
      next.refuse()
      yield* TestClock.adjust("1 second")
      const value = <Input, State>(metric: Metric.Metric<Input, State>, more: Record<string, string> = {}) =>
        Metric.value(Metric.withAttributes(metric, { client: "observed", ...more }))
      expect({
        sent: (yield* value(Telemetry.sent)).count,
        read: (yield* value(Telemetry.read)).count,
        requests: (yield* value(Telemetry.requests)).count,
        open: (yield* value(Telemetry.open)).value,
        undecoded: (yield* value(Telemetry.problems, { problem: "DecodeError" })).count,
        broken: (yield* value(Telemetry.problems, { problem: "SocketError" })).count,
      }).toEqual({ sent: 3, read: 2, requests: 1, open: 0, undecoded: 1, broken: 1 })
      expect(logs.filter((line) => line.startsWith("Debug"))).toEqual(
        expect.arrayContaining([
          "Debug observed: Open",
          "Debug observed: Waiting",
          "Debug observed: Connecting",
        ]),
      )
      expect(logs.filter((line) => line.startsWith("Warn"))).toEqual([
        expect.stringContaining("could not decode a frame"),
        "Warn wss://chat.test/ could not be opened",
      ])
      const named = (name: string) => spans.filter((span) => span.name === name)
      expect([named("ws.send").length, named("ws.request").length]).toEqual([1, 1])
      expect(named("ws.dial")[0]).toMatchObject({ status: { _tag: "Ended", exit: { _tag: "Failure" } } })
      expect(chat.state).toBe(client.state)
    }),
  )
})

test("a client that is not observed logs nothing", () => {
  const { collect, logs, spans } = recorder()
  return collect(
    Effect.gen(function* () {
      const { chat, link } = yield* opened()
      yield* chat.send(say("a"))
      link.send("{")
      yield* TestClock.adjust("1 second")
      expect([logs, spans]).toEqual([[], []])
    }),
  )
})
