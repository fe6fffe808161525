import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Chat } from "../../demo/Chat.ts"
import * as Demo from "../../demo/Demo.ts"

/** The demo with a stopped clock: no trade happens and no outage ends until the test advances it. */
export const demo = Effect.gen(function* () {
  // Pages may be slow: the clock must not warn that it was not advanced.
  const time = yield* Layer.build(TestClock.layer({ warningDelay: "1 hour" }))
  const pass = (duration: Duration.Input) => Effect.provideContext(TestClock.adjust(duration), time)
  // An outage is shorter than the time between trades, so that its end causes no trade.
  const options = { port: 0, outage: "1 second", tick: "1 minute" } as const
  const services = yield* Effect.provideContext(Layer.build(Demo.layer(options)), time)
  return {
    services,
    url: HttpServer.formatAddress(Context.get(services, HttpServer.HttpServer).address),
    /** Advances the clock by this many trades, which also ends an outage. */
    trade: (times: number) => pass(`${times} minutes`),
    /** Says something in the room, as a program does that needs no socket. */
    say: (name: string, text: string) =>
      Effect.gen(function* () {
        const seat = yield* Context.get(services, Chat).enter
        yield* seat.say(name, text)
      }).pipe(Effect.scoped),
    /** Ends the current outage. */
    recover: pass("1 second"),
  }
})

/** `test` with a demo, for tests without Effect. */
export const openDemo = async () => {
  const scope = Scope.makeUnsafe()
  const { recover, say, trade, url } = await Effect.runPromise(Scope.provide(demo, scope))
  return {
    url,
    trade: (times: number) => Effect.runPromise(trade(times)),
    say: (name: string, text: string) => Effect.runPromise(say(name, text)),
    recover: () => Effect.runPromise(recover),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

/** Runs in a page before its scripts: makes delays of retries short by fixing the random numbers. */
export const hurry = (): void => {
  Math.random = () => 0.05
}
