import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Demo from "../../demo/Demo.ts"

/** The demo, in which time stands still: nothing is traded and no outage ends until a test says so. */
export interface TestDemo {
  readonly url: string
  /** Has the market trade so many times. */
  readonly trade: (times: number) => Promise<void>
  /** Ends the outage that somebody has begun. */
  readonly recover: () => Promise<void>
  readonly close: () => Promise<void>
}

export const openDemo = async (): Promise<TestDemo> => {
  const scope = Scope.makeUnsafe()
  // A page may take its time: the clock need not warn that nobody lets it go on.
  const time = await Effect.runPromise(
    Layer.buildWithScope(TestClock.layer({ warningDelay: "1 hour" }), scope),
  )
  const pass = (seconds: number) =>
    Effect.runPromise(Effect.provideContext(TestClock.adjust(seconds * 1_000), time))
  // An outage is shorter than a trade, so that nothing is traded when one ends.
  const { url } = await Effect.runPromise(
    Demo.start({ port: 0, outage: "1 second", tick: "1 minute" }).pipe(
      Scope.provide(scope),
      Effect.provideContext(time),
    ),
  )
  return {
    url,
    trade: (times) => pass(times * 60),
    recover: () => pass(1),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

/** Runs in a page before anything else: retries come soon, as an extension with luck would have them. */
export const hurry = (): void => {
  Math.random = () => 0.05
}
