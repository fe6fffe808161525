/** A program that resumes, and a room of `./server` on Node's HTTP server. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Channel } from "../../src/channel/index.ts"
import { Resume, WsClient } from "../../src/index.ts"
import { Peer, Room } from "../../src/server/index.ts"
import { waitFor } from "../setup/waitFor.ts"

const News = Channel.make("news", { signals: { said: Schema.String } })

/** A server of a room that keeps so many entries, and of the list of what was said in it. */
const start = (port: number, keep: number) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const room = yield* Scope.provide(Room.make(News, { name: "news", keep }), scope)
    const said: Array<string> = []
    const peers = new Set<Peer.Peer<typeof News>>()
    const asked: Array<string | undefined> = []
    const socket = Effect.gen(function* () {
      const peer = yield* Peer.accept(News)
      peers.add(peer)
      asked.push(peer.lastId)
      yield* room.join(peer)
      yield* Stream.runDrain(peer.messages)
      peers.delete(peer)
      return HttpServerResponse.empty()
    })
    const state = Effect.map(room.id, (id) =>
      HttpServerResponse.jsonUnsafe(said, { headers: { "HX-Last-ID": id } }),
    )
    const services = yield* HttpRouter.serve(
      Layer.mergeAll(HttpRouter.add("GET", "/news", socket), HttpRouter.add("GET", "/state", state)),
      { disableLogger: true, disableListenLog: true },
    ).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(createServer, { port, host: "127.0.0.1", gracefulShutdownTimeout: "10 millis" }),
      ),
      Layer.build,
      Scope.provide(scope),
    )
    const say = (text: string) =>
      Effect.suspend(() => {
        said.push(text)
        return room.signal("said", text)
      })
    return {
      asked,
      close: Scope.close(scope, Exit.void),
      drop: Effect.forEach(peers, (peer) => peer.close(1012)),
      port: Number(
        new URL(HttpServer.formatAddress(Context.get(services, HttpServer.HttpServer).address)).port,
      ),
      say,
    }
  })

const Said = Schema.Struct({ "HX-Trigger": Schema.Struct({ said: Schema.String }) })

/** A program that keeps what is said, and loads it where the room cannot help. */
const listen = (port: number) =>
  Effect.gen(function* () {
    const heard: Array<string> = []
    const resume = Resume.make({
      onGap: async () => {
        const response = await fetch(`http://127.0.0.1:${port}/state`)
        heard.splice(0, heard.length, ...((await response.json()) as Array<string>), "loaded")
        return response.headers.get("HX-Last-ID") ?? undefined
      },
    })
    const client = yield* WsClient.make({
      url: `ws://127.0.0.1:${port}/news`,
      outgoing: Schema.Never,
      incoming: Said,
      reconnect: Schedule.spaced("10 millis"),
      resume,
    })
    const refused: Array<unknown> = []
    yield* Effect.forkScoped(
      Stream.runForEach(client.decodeErrors, (error) => Effect.sync(() => refused.push(error))),
    )
    yield* Effect.forkScoped(
      Stream.runForEach(client.messages, (message) =>
        Effect.sync(() => heard.push(message["HX-Trigger"].said)),
      ),
    )
    return { heard, refused, resume }
  })

const until = (condition: () => unknown) => Effect.promise(() => waitFor(condition))

it.live("a program hears once and in order what is said around ten ends of its socket", () =>
  Effect.gen(function* () {
    const server = yield* start(0, 500)
    const { heard, refused } = yield* listen(server.port)
    yield* until(() => server.asked.length === 1)
    // It has no id yet, and loads the state.
    yield* until(() => heard.length === 1)
    const said: Array<string> = []
    const say = (text: string) => {
      said.push(text)
      return server.say(text)
    }
    for (let round = 1; round <= 10; round++) {
      yield* say(`before ${round}`)
      yield* server.drop
      yield* say(`meanwhile ${round}`)
      yield* until(() => server.asked.length === round + 1)
    }
    yield* until(() => heard.at(-1) === "meanwhile 10")
    expect([heard, refused]).toEqual([["loaded", ...said], []])
    expect(server.asked[10]).toMatch(/^news:\w+-\d+$/)
    yield* server.close
  }).pipe(Effect.scoped),
)

it.live("a program loads the state of a room that was restarted, and goes on behind it", () =>
  Effect.gen(function* () {
    const first = yield* start(0, 500)
    const { heard, resume } = yield* listen(first.port)
    yield* until(() => heard.length === 1)
    yield* first.say("one")
    yield* until(() => heard.length === 2)
    const before = resume.cursor
    yield* first.close
    const second = yield* start(first.port, 500)
    for (const text of ["two", "three"]) yield* second.say(text)
    yield* until(() => heard.includes("three"))
    yield* second.say("four")
    yield* until(() => heard.at(-1) === "four")
    expect(heard).toEqual(["two", "three", "loaded", "four"])
    expect(second.asked[0]).toBe(before)
    yield* second.close
  }).pipe(Effect.scoped),
)

it.live("a program that was away for too long loads the state, and doubles nothing of it", () =>
  Effect.gen(function* () {
    const server = yield* start(0, 3)
    const { heard } = yield* listen(server.port)
    yield* until(() => heard.length === 1)
    yield* server.say("first")
    yield* until(() => heard.length === 2)
    yield* server.drop
    const many = Array.from({ length: 10 }, (_, index) => `meanwhile ${index}`)
    for (const text of many) yield* server.say(text)
    yield* until(() => heard.includes("meanwhile 9"))
    yield* server.say("last")
    yield* until(() => heard.at(-1) === "last")
    expect(heard).toEqual(["first", ...many, "loaded", "last"])
    yield* server.close
  }).pipe(Effect.scoped),
)
