/** Rooms of several processes, whose logs are in a real Redis that is cut off and killed. */

import * as NodeRedis from "@effect/platform-node/NodeRedis"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import type * as Scope from "effect/Scope"
import { expect } from "vitest"
import { RedisLog, Room } from "../../src/server/index.ts"
import * as TestPage from "../../src/server/TestPage.ts"
import { RedisServer } from "../setup/redis.ts"
import { waitFor } from "../setup/waitFor.ts"
import { lobby, say, shown, unheard } from "./kit.ts"

/** A test in real time. */
const test = <E>(title: string, body: (redis: RedisServer) => Effect.Effect<unknown, E, Scope.Scope>) =>
  it.live(
    title,
    () =>
      Effect.flatMap(
        Effect.acquireRelease(Effect.promise(RedisServer.start), (redis) =>
          Effect.promise(() => redis.down()),
        ),
        (redis) => Effect.provide(body(redis), Logger.layer([])),
      ),
    30_000,
  )

/** The room as another process has it: with a connection to Redis of its own. */
const process = ({ url }: RedisServer, keep = 500) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      RedisLog.layer({ poll: "100 millis" }).pipe(Layer.provideMerge(NodeRedis.layer({ url }))),
    )
    const room = yield* Effect.provideContext(lobby({ keep }), context)
    const redis = yield* Effect.provideContext(Redis.Redis, context)
    return { room, redis }
  })

const until = (condition: () => unknown) => Effect.promise(() => waitFor(condition, 10_000))

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test("what one process adds, pages of the others get, in one order", (server) =>
  Effect.gen(function* () {
    const [a, b] = [yield* process(server), yield* process(server)]
    const [one, two] = [yield* Room.test(a.room), yield* Room.test(b.room)]
    yield* Effect.all([say(a.room, ...range(1, 50)), say(b.room, ...range(101, 150))], {
      concurrency: "unbounded",
    })
    yield* until(() => [one, two].every(({ frames }) => shown(frames).split(" ").length === 100))
    expect(shown(one.frames)).toBe(shown(two.frames))
    expect(one.lastId).toBe(two.lastId)
    const numbers = shown(one.frames).split(" ").map(Number)
    expect(numbers.filter((number) => number < 100)).toEqual(range(1, 50))
  }))

test("a page resumes at another process, also at one that has started since, or has not read as far", (server) =>
  Effect.gen(function* () {
    const a = yield* process(server)
    yield* say(a.room, 1, 2)
    const lastId = yield* a.room.id
    const b = yield* process(server)
    yield* say(a.room, 3)
    const page = yield* Room.test(b.room, { lastId })
    yield* until(() => shown(page.frames) === "3")
    yield* say(a.room, 4)
    const newest = yield* Room.test(b.room, { lastId: yield* a.room.id })
    yield* until(() => newest.frames.length > 0)
    yield* say(b.room, 5)
    yield* until(() => shown(newest.frames) === "5" && shown(page.frames) === "3 4 5")
    expect(newest.frames.some((frame) => frame.includes("innerHTML"))).toBe(false)
  }))

test("nothing is lost or doubled while the connections to Redis are cut again and again", (server) =>
  Effect.gen(function* () {
    const [a, b, judge] = [yield* process(server), yield* process(server), yield* process(server)]
    const page = yield* Room.test(b.room)
    const cut = Effect.forEach(range(1, 10), () =>
      Effect.andThen(
        Effect.forEach(["normal", "pubsub"], (type) =>
          Effect.ignore(judge.redis.send("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes")),
        ),
        Effect.sleep("50 millis"),
      ),
    )
    const numbers = range(1, 300)
    yield* Effect.all(
      [
        cut,
        Effect.forEach(numbers, (number) => Effect.andThen(say(a.room, number), Effect.sleep("2 millis"))),
      ],
      { concurrency: "unbounded" },
    )
    yield* until(() => shown(page.frames).endsWith("300"))
    expect(shown(page.frames)).toBe(numbers.join(" "))
  }))

test("an append whose answer is lost is tried again, and done once", (server) =>
  Effect.gen(function* () {
    let commands = 0
    const lossy = Layer.effect(
      Redis.Redis,
      Effect.map(Redis.Redis, (redis) => ({
        ...redis,
        eval:
          (script) =>
          (...params) =>
            Effect.tap(redis.eval(script)(...params), () =>
              ++commands % 2 === 0 ? Effect.void : Effect.fail(new Redis.RedisError({ cause: "lost" })),
            ),
      })),
    )
    const logs = RedisLog.layer().pipe(
      Layer.provide(lossy),
      Layer.provide(NodeRedis.layer({ url: server.url })),
    )
    const room = yield* Effect.provideContext(lobby(), yield* Layer.build(logs))
    yield* say(room, ...range(1, 5))
    const { content } = yield* room.snapshot
    expect(String(content["#log"])).toBe(
      range(1, 5)
        .map((number) => `<li>${number}</li>`)
        .join(""),
    )
  }))

test("a message that comes again, to another process, adds its entries once", (server) =>
  Effect.gen(function* () {
    const opened = Effect.gen(function* () {
      const { room } = yield* process(server)
      const page = yield* TestPage.make(unheard())
      yield* Effect.forkScoped(page.peer.handle(({ values: { text } }) => say(room, text, `${text}!`)))
      return { page, room }
    })
    const [a, b, c] = [yield* opened, yield* opened, yield* opened]
    for (const { page } of [a, b]) page.send({ text: "hi" }, { "HX-Message-ID": "m1" })
    yield* until(() => [a, b].every(({ page }) => page.frames.includes('{"HX-Ack":"m1"}')))
    c.page.send({ text: "hi" }, { "HX-Message-ID": "m1" })
    c.page.send({ text: "bye" }, { "HX-Message-ID": "m2" })
    yield* until(() => c.page.frames.includes('{"HX-Ack":"m2"}'))
    const { content } = yield* c.room.snapshot
    expect(String(content["#log"])).toBe("<li>hi</li><li>hi!</li><li>bye</li><li>bye!</li>")
  }))

test("if Redis has lost everything, pages get the state, and the same numbers name other entries", (server) =>
  Effect.gen(function* () {
    const [a, b] = [yield* process(server), yield* process(server)]
    yield* say(a.room, 1, 2, 3)
    const page = yield* Room.test(b.room, { lastId: yield* a.room.id })
    yield* until(() => page.frames.length > 0)
    const before = page.lastId
    yield* Effect.promise(() => server.down())
    yield* Effect.promise(() => server.up())
    yield* say(a.room, "new")
    yield* until(() => shown(page.frames) === "new")
    expect(page.lastId?.split("-")[0]).not.toBe(before?.split("-")[0])
    const late = yield* Room.test(b.room, { lastId: before })
    yield* until(() => late.frames.length > 0)
    expect(shown(late.frames)).toBe("new")
  }))

test("a log keeps no more than it should, and a page that has missed more gets the state", (server) =>
  Effect.gen(function* () {
    const a = yield* process(server, 5)
    const lastId = yield* a.room.id
    yield* say(a.room, ...range(1, 20))
    const b = yield* process(server, 5)
    const page = yield* Room.test(b.room, { lastId })
    yield* until(() => page.frames.length > 0)
    expect(shown(page.frames)).toBe("16 17 18 19 20")
    expect(yield* a.redis.send("XLEN", "htmx-ext-effect-ws:{lobby}:stream")).toBe(5)
  }))
