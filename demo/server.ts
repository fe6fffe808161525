import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Demo from "./Demo.ts"

// `Config.Port` has no 0, which asks the system for any free port.
const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))

const main = Effect.gen(function* () {
  const wanted = yield* Config.option(
    Config.schema(Schema.FiniteFromString.pipe(Schema.decodeTo(Port)), "PORT"),
  )
  const { url } = yield* Demo.start(Option.isSome(wanted) ? { port: wanted.value } : {})
  yield* Console.log(`The Coffee Exchange is open at ${url} (Ctrl-C closes it)`)
  return yield* Effect.never
}).pipe(
  Effect.scoped,
  Effect.catchTag("ConfigError", () => giveUp("PORT must be a whole number from 0 to 65535")),
  Effect.catchTag("ServeError", ({ cause }) =>
    giveUp(cause instanceof Error ? cause.message : String(cause)),
  ),
)

const giveUp = (why: string) =>
  Effect.andThen(Console.error(`The demo could not start: ${why}`), Effect.fail(why))

NodeRuntime.runMain(main, {
  disableErrorReporting: true,
  // Ctrl-C is the normal way to end this program: npm should not report a failure.
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1),
})
