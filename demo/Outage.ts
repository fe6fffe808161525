import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Chat } from "./Chat.ts"

/** A simulated outage of the server, started by a button. */
export class Outage extends Context.Service<
  Outage,
  {
    readonly isOn: Effect.Effect<boolean>
    /** Waits for an outage to begin; returns at once while there is one. */
    readonly begun: Effect.Effect<void>
    /** Begins an outage that ends by itself. Restarts its time if there is one. */
    readonly begin: Effect.Effect<void>
  }
>()("demo/Outage") {
  static readonly layer = (duration: Duration.Input) =>
    Layer.effect(
      Outage,
      Effect.gen(function* () {
        const chat = yield* Chat
        const on = yield* SubscriptionRef.make(false)
        const recovery = yield* FiberHandle.make()
        return {
          isOn: SubscriptionRef.get(on),
          begun: SubscriptionRef.changes(on).pipe(
            Stream.filter((isOn) => isOn),
            Stream.take(1),
            Stream.runDrain,
          ),
          begin: Effect.andThen(
            SubscriptionRef.set(on, true),
            FiberHandle.run(
              recovery,
              Effect.gen(function* () {
                yield* Effect.sleep(duration)
                yield* chat.announce("The server is back.")
                yield* SubscriptionRef.set(on, false)
              }),
            ),
          ),
        }
      }),
    )
}
