/** What the scripts need of Effect's scopes. Their Effect closes scopes of several finalizers by less code. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Connection from "../../src/core/Connection.ts"
import { dial, type Handlers } from "../../src/core/dial.ts"
import { WebSocketConstructor } from "../../src/core/Socket.ts"
import { Peer } from "../setup/Peer.ts"
import { defaults, Recorder, url } from "./bench.ts"

const finalizersOf = ({ state }: Scope.Closeable): number => {
  if (state._tag !== "Open") return 0
  return state.finalizers?.size ?? 1
}

const handlers: Handlers = { onMessage: () => {}, onError: () => {} }

it.effect.each([
  ["a socket", Effect.asVoid(dial({ url, protocols: [] }, handlers, defaults))],
  [
    "a connection that dials",
    Effect.map(Connection.make(defaults, new Recorder()), (connection) => {
      connection.reconnect()
      connection.send("waits")
    }),
  ],
] as const)("%s is the only finalizer of its scope", ([, making]) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* making.pipe(
      Effect.provideService(WebSocketConstructor, new Peer().construct),
      Scope.provide(scope),
    )
    expect(finalizersOf(scope)).toBe(1)
    yield* Scope.close(scope, Exit.void)
    expect(finalizersOf(scope)).toBe(0)
  }),
)

it.effect("a scope runs its finalizers one after the other, the last one first", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const add = (name: string) =>
      Effect.addFinalizer(() =>
        Effect.andThen(
          Effect.yieldNow,
          Effect.sync(() => log.push(name)),
        ),
      )
    yield* Effect.scoped(Effect.forEach(["first", "second", "third"], add))
    expect(log).toEqual(["third", "second", "first"])
  }),
)
