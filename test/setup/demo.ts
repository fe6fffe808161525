import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Demo from "../../demo/Demo.ts"

/** The demo, in which time stands still: nothing is traded and no outage ends until a test says so. */
export const demo = Effect.gen(function* () {
  // A page may take its time: the clock need not warn that nobody lets it go on.
  const time = yield* Layer.build(TestClock.layer({ warningDelay: "1 hour" }))
  const pass = (duration: Duration.Input) => Effect.provideContext(TestClock.adjust(duration), time)
  // An outage is shorter than a trade, so that nothing is traded when one ends.
  const options = { port: 0, outage: "1 second", tick: "1 minute" } as const
  const services = yield* Effect.provideContext(Layer.build(Demo.layer(options)), time)
  return {
    services,
    url: HttpServer.formatAddress(Context.get(services, HttpServer.HttpServer).address),
    /** Has the market trade so many times, which ends an outage as well. */
    trade: (times: number) => pass(`${times} minutes`),
    /** Ends the outage that somebody has begun. */
    recover: pass("1 second"),
  }
})

/** The same for tests without Effect. */
export const openDemo = async () => {
  const scope = Scope.makeUnsafe()
  const { recover, trade, url } = await Effect.runPromise(Scope.provide(demo, scope))
  return {
    url,
    trade: (times: number) => Effect.runPromise(trade(times)),
    recover: () => Effect.runPromise(recover),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

/** Runs in a page before anything else: retries come soon, as an extension with luck would have them. */
export const hurry = (): void => {
  Math.random = () => 0.05
}
