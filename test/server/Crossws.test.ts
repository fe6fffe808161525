/** Rooms over crossws, by its adapter for Node's HTTP server. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import type { Hooks } from "crossws"
import nodeAdapter from "crossws/adapters/node"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { WebSocket } from "ws"
import { Crossws, html, Peer, type Room } from "../../src/server/index.ts"
import { waitFor } from "../setup/waitFor.ts"
import { Chat, lobby, say, shown, unheard } from "./kit.ts"

/** A server with a lobby, until the scope closes. */
const serve = <Identity, E>(
  options: Crossws.Options<Identity, E, never> = {},
  handle: (
    peer: Peer.Peer<typeof Chat, Identity>,
    room: Room.Room<typeof Chat>,
  ) => Effect.Effect<unknown, unknown, Scope.Scope> = (peer, room) =>
    Effect.andThen(
      room.join(peer),
      peer.handle(({ values }) => room.append("#log", html`<li>${values.text}</li>`)),
    ),
) =>
  Effect.gen(function* () {
    const room = yield* lobby()
    const hooks = yield* Crossws.hooks(
      unheard(),
      (peer: Peer.Peer<typeof Chat, Identity>) => handle(peer, room),
      options,
    )
    const adapter = nodeAdapter({ hooks: hooks satisfies Partial<Hooks> })
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer().listen(0, "127.0.0.1")),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        }),
    )
    server.on("upgrade", adapter.handleUpgrade)
    yield* Effect.promise(() => waitFor(() => server.address() !== null))
    const { port } = server.address() as AddressInfo
    return { room, url: (path = "") => `ws://127.0.0.1:${port}/chat${path}` }
  })

/** A page that has dialled. */
const dial = (url: string, headers: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const frames: Array<string> = []
      const ends: Array<number | string> = []
      const socket = new WebSocket(url, { headers })
      socket.on("message", (data) => frames.push(String(data)))
      socket.on("close", (code) => ends.push(code))
      socket.on("error", ({ message }) => ends.push(message))
      await waitFor(() => socket.readyState !== WebSocket.CONNECTING)
      return { ends, frames, socket }
    }),
    ({ socket }) => Effect.sync(() => socket.terminate()),
  )

const until = (condition: () => unknown) => Effect.promise(() => waitFor(condition))

it.live("a page gets the state, what follows, and, when it comes back, what it has missed", () =>
  Effect.gen(function* () {
    const { room, url } = yield* serve()
    yield* say(room, 1)
    const first = yield* dial(url())
    yield* until(() => shown(first.frames) === "1")
    yield* say(room, 2)
    yield* until(() => shown(first.frames) === "1 2")
    const lastId = /^<!--id:(.*?)-->/.exec(first.frames.at(-1) ?? "")?.[1]
    first.socket.terminate()
    yield* say(room, 3, 4)
    const second = yield* dial(url(`?last-id=${lastId}`))
    yield* until(() => second.frames.length === 3)
    expect(shown(second.frames)).toBe("3 4")
    expect(JSON.parse(second.frames[2] ?? "")).toMatchObject({ "HX-Resync": false })
  }).pipe(Effect.scoped),
)

it.live("what a page says is handled and acknowledged, and what does not fit the channel is refused", () =>
  Effect.gen(function* () {
    const { url } = yield* serve()
    const page = yield* dial(url())
    page.socket.send('{"text":"hello","HEADERS":{"HX-Message-ID":"m1"}}')
    page.socket.send('{"text":"","HEADERS":{"HX-Message-ID":"m2"}}')
    page.socket.send(Uint8Array.of(1))
    yield* until(() => page.frames.length === 5)
    expect(shown(page.frames)).toBe("hello")
    expect(page.frames.filter((frame) => frame.startsWith("{")).map((frame) => JSON.parse(frame))).toEqual([
      { "HX-Ack": "m1" },
      { "HX-Nack": "m2", reason: "the message is not understood" },
      { "HX-Nack": "", reason: "the message is not understood" },
    ])
  }).pipe(Effect.provide(Logger.layer([])), Effect.scoped),
)

it.live("a page of another site, or one that authorize refuses, gets no socket", () =>
  Effect.gen(function* () {
    const { room, url } = yield* serve({
      authorize: (request) => {
        const name = new URL(request.url).searchParams.get("name")
        if (name === "bug") return Effect.die(new Error("secret"))
        return name === null
          ? Effect.fail(new Peer.PeerRefused({ status: 401, message: "who are you?" }))
          : Effect.succeed(name)
      },
    })
    const ends = (path: string, headers?: Record<string, string>) =>
      Effect.map(Effect.scoped(dial(url(path), headers)), ({ ends }) => ends[0])
    expect(yield* ends("?name=Ann", { origin: "https://evil.test" })).toContain("403")
    expect(yield* ends("")).toContain("401")
    // An id is no permission.
    expect(yield* ends(`?last-id=${yield* room.id}`)).toContain("401")
    expect(yield* ends("?name=bug")).toContain("500")
    expect(yield* ends("?name=Ann", { origin: url().replace("ws:", "http:") })).toBe(undefined)
  }).pipe(Effect.provide(Logger.layer([])), Effect.scoped),
)

it.live("a page is known by what authorize has succeeded with", () =>
  Effect.gen(function* () {
    const { url } = yield* serve({ authorize: ({ url }) => Effect.succeed(new URL(url).search) }, (peer) =>
      Effect.andThen(
        peer.send(html`<p id="who">${peer.identity}</p>`),
        peer.handle(() => Effect.void),
      ),
    )
    const page = yield* dial(url("?ann"))
    yield* until(() => page.frames.length === 1)
    expect(page.frames).toEqual(['<p id="who">?ann</p>'])
  }).pipe(Effect.scoped),
)

it.live(
  "a page is closed with 1000 when serving it ends, 1011 when that fails, and 1001 when the server ends",
  () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { url } = yield* Scope.provide(
        serve({}, (peer) =>
          peer.lastId === "end" ? Effect.void : peer.lastId === "fail" ? Effect.fail("oops") : Effect.never,
        ),
        scope,
      )
      const pages = [yield* dial(url("?last-id=end")), yield* dial(url("?last-id=fail")), yield* dial(url())]
      yield* until(() => pages[1]?.ends.length === 1)
      yield* Scope.close(scope, Exit.void)
      yield* until(() => pages.every(({ ends }) => ends.length === 1))
      expect(pages.map(({ ends }) => ends[0])).toEqual([1000, 1011, 1001])
    }).pipe(Effect.provide(Logger.layer([])), Effect.scoped),
)

it.live("a page that reads nothing of what waits for it is closed with 1013 after its patience", () =>
  Effect.gen(function* () {
    const { room, url } = yield* serve({ capacity: 4, patience: "1 milli" })
    const page = yield* dial(url())
    page.socket.pause()
    yield* Effect.forEach(Array.from({ length: 60 }), () => say(room, "x".repeat(300_000)))
    page.socket.resume()
    yield* until(() => page.ends.length === 1)
    expect(page.ends).toEqual([1013])
  }).pipe(Effect.scoped),
)

it.live("a socket that takes no code of servers is closed without one", () =>
  Effect.gen(function* () {
    const closes: Array<unknown> = []
    const hooks = yield* Crossws.hooks(Chat, (peer) => peer.close(1012))
    hooks.open({
      context: {},
      send: () => {},
      close: (code) => {
        closes.push(code)
        if (code !== undefined) throw new Error("InvalidAccessError")
      },
    })
    yield* until(() => closes.length === 2)
    expect(closes).toEqual([1012, undefined])
  }).pipe(Effect.scoped),
)
