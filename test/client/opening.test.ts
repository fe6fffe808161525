/** `onOpen`: what is said on every open, before anything else. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, beforeEach, test as it, vi } from "vitest"
import { connect, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { waitFor } from "../setup/waitFor.ts"
import { answer, ask, fork, heard, Incoming, Outgoing, say, test } from "./chat.ts"

type Protocol = WsClient.Protocol<typeof Outgoing.Type, typeof Incoming.Type>

const client = (onOpen: NonNullable<Protocol["onOpen"]>, options: Partial<WsClient.Options> = {}) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* WsClient.make({
      outgoing: Outgoing,
      incoming: Incoming,
      ...options,
      url: "wss://chat.test/",
      onOpen,
    })
    return { chat, peer, link: yield* peer.nextLink }
  })

test("what onOpen sends is written on every open, before what waits", () =>
  Effect.gen(function* () {
    const attempts: Array<number> = []
    const { chat, link, peer } = yield* client(({ attempt, send }) => {
      attempts.push(attempt)
      return send(say("login"))
    })
    const waiting = yield* fork(chat.send(say("waited")))
    link.accept()
    yield* Fiber.join(waiting)
    expect(heard(link)).toEqual(["login", "waited"])
    link.hangUp(1012)
    const again = yield* fork(chat.send(say("waited again")))
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    yield* Fiber.join(again)
    expect(heard(next)).toEqual(["login", "waited again"])
    expect(attempts).toEqual([0, 1])
  }))

test("what waits and what is sent meanwhile waits for the answer to a login", () =>
  Effect.gen(function* () {
    const { chat, link } = yield* client(({ request }) =>
      request(ask(1), { match: (message) => message._tag === "Answer" }),
    )
    const early = yield* fork(chat.send(say("early")))
    link.accept()
    const late = yield* fork(chat.send(say("late")))
    expect([heard(link), chat.state._tag]).toEqual([[1], "Connecting"])
    link.send(answer(1))
    yield* Fiber.joinAll([early, late])
    expect([heard(link), chat.state._tag]).toEqual([[1, "early", "late"], "Open"])
  }))

for (const [how, onOpen, sentence] of [
  ["fails", () => Effect.fail(new Error("who are you?")), "onOpen failed: who are you?"],
  ["dies", () => Effect.die("oops"), "onOpen failed: oops"],
  [
    "throws",
    () => {
      throw new Error("oops")
    },
    "onOpen failed: oops",
  ],
  ["never ends", () => Effect.never, "onOpen failed: onOpen did not settle within 5000 ms (connectTimeout)"],
] as ReadonlyArray<readonly [string, NonNullable<Protocol["onOpen"]>, string]>)
  test(`an onOpen that ${how} is a failed attempt, and nothing that waits is sent`, () =>
    Effect.gen(function* () {
      const { chat, link, peer } = yield* client(onOpen, { connectTimeout: "5s" })
      const problem = yield* fork(Stream.runCollect(Stream.take(chat.problems, 1)))
      yield* fork(chat.send(say("waiting")))
      link.accept()
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(problem)).toMatchObject([{ _tag: "DialError", message: sentence }])
      expect([heard(link), link.live]).toEqual([[], false])
      yield* TestClock.adjust("1 second")
      expect(yield* peer.nextLink).not.toBe(link)
    }))

test("a socket that ends while onOpen asks fails what it has asked", () =>
  Effect.gen(function* () {
    const failures: Array<string> = []
    const { link } = yield* client(({ request }) =>
      request(ask(1), { match: () => true }).pipe(
        Effect.tapError(({ _tag }) => Effect.sync(() => failures.push(_tag))),
      ),
    )
    link.accept()
    link.hangUp(1012)
    yield* TestClock.adjust(1)
    // The attempt is over: what runs in it ends with it.
    expect(failures.filter((tag) => tag !== "ConnectionLost")).toEqual([])
    expect(heard(link)).toEqual([1])
  }))

let peer: TestPeer.Peer
beforeEach(() => {
  peer = TestPeer.make({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
})
afterEach(() => void vi.unstubAllGlobals())

it("onOpen of a promised client may take its time, and send and ask", async () => {
  let login = (_: string): void => {}
  const token = new Promise<string>((resolve) => {
    login = resolve
  })
  await using chat = connect("wss://chat.test/", {
    onOpen: async ({ request, send }) => {
      await send({ login: await token })
      await request("ready?", { match: (message) => message === "ready" })
    },
  })
  const sending = chat.send("hello")
  await waitFor(() => peer.links[0]?.socket.readyState === 1)
  login("secret")
  await waitFor(() => peer.received.length === 2)
  expect(peer.received).toEqual(['{"login":"secret"}', '"ready?"'])
  peer.latest.send('"ready"')
  await sending
  expect(peer.received.at(-1)).toBe('"hello"')
})

it("an onOpen of a promised client that rejects is a failed attempt", async () => {
  const chat = connect("wss://chat.test/", {
    reconnect: false,
    onOpen: () => Promise.reject(new Error("no token")),
  })
  await expect(chat.awaitOpen()).rejects.toBeInstanceOf(WsClient.ConnectionClosed)
  expect(chat.state).toMatchObject({ _tag: "Closed", error: { message: "onOpen failed: no token" } })
})
