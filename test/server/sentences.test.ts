/** All sentences of `./server`, to be read as one text: what its caller, its log and its pages are told. */
import { it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect } from "vitest"
import { html, Peer, RedisLog, Room } from "../../src/server/index.ts"
import * as TestPage from "../../src/server/TestPage.ts"
import { Chat, lobby, settle, unheard } from "./kit.ts"

/** The sentence, when it is met, and an effect that succeeds with it or fails with the error. */
type Row = readonly [sentence: string, title: string, effect: Effect.Effect<string, unknown, Scope.Scope>]

/** Accepts a request with these headers. */
const accept = (headers: Record<string, string>) =>
  Effect.as(
    Effect.provideService(
      Peer.accept(Chat),
      HttpServerRequest.HttpServerRequest,
      HttpServerRequest.fromWeb(new Request("http://chat.test/chat", { headers })),
    ),
    "",
  )

/** What is logged first while an effect runs. */
const logged = <E>(effect: Effect.Effect<unknown, E, Scope.Scope>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String([message].flat()[0])))
    yield* Effect.provide(effect, Logger.layer([logger]))
    return lines[0] ?? "nothing"
  })

/** A page whose messages fail like this, and the reason that it is told after one. */
const refused = (
  failure: Effect.Effect<never, unknown>,
  frame = '{"text":"hi","HEADERS":{"HX-Message-ID":"m1"}}',
) =>
  Effect.gen(function* () {
    const page = yield* TestPage.make(unheard())
    yield* Effect.forkScoped(page.peer.handle(() => failure))
    page.sendFrame(frame)
    const { reason } = JSON.parse(yield* page.next)
    return String(reason)
  }).pipe(Effect.provide(Logger.layer([])))

/** A Redis that answers nothing. */
const away = RedisLog.layer().pipe(
  Layer.provide(
    Layer.mock(Redis.Redis)({ eval: () => () => Effect.fail(new Redis.RedisError({ cause: "away" })) }),
  ),
)

/** A page that reads nothing while frames wait for it, and how it was closed. */
const stalled = Effect.gen(function* () {
  const page = yield* TestPage.make(Chat)
  page.stall()
  yield* page.peer.send(html`<p></p>`)
  yield* settle
  yield* TestClock.adjust("30 seconds")
  yield* settle
  return `${page.closed?.code} ${page.closed?.reason}`
})

const groups: Readonly<Record<string, ReadonlyArray<Row>>> = {
  "of what its caller does": [
    [
      `the name of a room is "my lobby", expected 1 to 40 letters, digits and _ . ~ -`,
      "a room with a space in its name",
      Effect.as(lobby({ name: "my lobby" }), ""),
    ],
    [
      "keep is 0, expected a whole number from 1",
      "a room that keeps nothing",
      Effect.as(lobby({ keep: 0 }), ""),
    ],
    [
      "replace: expected an element to put in place of #log",
      "text in place of an element",
      Effect.flatMap(lobby(), (room) => Effect.as(room.replace("#log", html`text`), "")),
    ],
    [
      "the log of the room lobby in Redis cannot be used",
      "Redis is away for half a minute",
      Effect.gen(function* () {
        yield* Effect.forkScoped(TestClock.adjust("1 minute"))
        return yield* Effect.as(Effect.provide(lobby(), away), "")
      }),
    ],
  ],
  "of the handshake": [
    ["a WebSocket was expected", "426, to a plain request", accept({})],
    [
      "https://evil.test may not connect here",
      "403, to a page of another site",
      accept({ upgrade: "websocket", origin: "https://evil.test", host: "chat.test" }),
    ],
  ],
  "to pages": [
    ["the message is not understood", "a message that does not fit the channel", refused(Effect.never, "{}")],
    [
      "the message could not be handled",
      "a handler that fails with no string",
      refused(Effect.die("secret")),
    ],
    ["not today", "a handler that fails with a string", refused(Effect.fail("not today"))],
    ["1013 too slow", "a page that reads nothing for half a minute", stalled],
  ],
  "in the log": [
    [
      "a message of a page does not fit the channel chat",
      "a message that does not fit the channel",
      logged(
        Effect.gen(function* () {
          const page = yield* TestPage.make(Chat)
          yield* Effect.forkScoped(page.peer.handle(() => Effect.void))
          page.sendFrame("{}")
          yield* page.next
        }),
      ),
    ],
    [
      "the snapshot of the room news failed",
      "a snapshot that fails when a page needs it",
      logged(
        Effect.gen(function* () {
          const room = yield* Room.make(Chat, { name: "news", snapshot: () => Effect.fail("no database") })
          const page = yield* Room.test(room)
          yield* settle
          expect(page.closed?.code).toBe(1011)
        }),
      ),
    ],
  ],
}

for (const [group, rows] of Object.entries(groups))
  describe(group, () => {
    for (const [sentence, title, effect] of rows)
      it.effect(`${title}: ${sentence}`, () =>
        Effect.gen(function* () {
          const said = yield* Effect.catchCause(effect, (cause) => {
            const error = Cause.squash(cause)
            return Effect.succeed(error instanceof Error ? error.message : String(error))
          })
          expect(said).toBe(sentence)
        }),
      )
  })
