/** Messages that are aborted while they wait: what that costs, and what becomes of the others. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, beforeEach, test as it, vi } from "vitest"
import * as Outbox from "../../src/core/Outbox.ts"
import { connect } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { ask, client, fork, heard, say, test } from "./chat.ts"

/** Returns how many messages were copied out of outboxes, and into them. */
let copied: () => number
/** Returns how many messages were in the outbox when it was last replaced. */
let left: () => number

beforeEach(() => {
  const limits = { queueCapacity: 1, queueOverflow: "reject", queueTtl: undefined } as const
  const outbox = Object.getPrototypeOf(Effect.runSync(Outbox.make(limits, () => {})))
  const [out, into] = [vi.spyOn(outbox, "toArray"), vi.spyOn(outbox, "replace")]
  const length = (array: unknown): number => (array as Array<unknown>).length
  const lengths = (arrays: ReadonlyArray<unknown>) =>
    arrays.reduce((sum: number, array) => sum + length(array), 0)
  copied = () =>
    lengths(out.mock.results.map(({ value }) => value)) + lengths(into.mock.calls.map(([first]) => first))
  left = () => length(into.mock.calls.at(-1)?.[0] ?? [])
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** A client that has no connection yet, and accepts one. */
const connecting = (queueCapacity = Number.POSITIVE_INFINITY) => {
  const peer = TestPeer.make({ answer: "hang" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
  const chat = connect("wss://chat.test/", { queueCapacity })
  const outcomes: Array<string> = []
  const send = (message: unknown) => {
    const aborter = new AbortController()
    chat.send(message, { signal: aborter.signal }).then(
      () => outcomes.push("written"),
      () => outcomes.push("aborted"),
    )
    return () => aborter.abort()
  }
  return { chat, outcomes, peer, send }
}

it("messages that are aborted in one turn are copied a few times at most, and none of them is sent", async () => {
  const { chat, outcomes, peer, send } = connecting()
  const aborts = Array.from({ length: 2000 }, (_, n) => send(n))
  await Promise.resolve()
  for (const abort of aborts) abort()
  expect(copied()).toBeLessThan(4 * 2000)
  const kept = chat.send("kept")
  peer.latest.accept()
  await kept
  expect(peer.received).toEqual(['"kept"'])
  await chat.close()
  expect(outcomes).toEqual(aborts.map(() => "aborted"))
})

it("messages that are aborted in turns of their own leave the queue, and are copied a few times at most", async () => {
  const { chat, peer, send } = connecting()
  const aborts = Array.from({ length: 500 }, (_, n) => send(n))
  for (const abort of aborts.slice(0, -2)) {
    abort()
    await Promise.resolve()
  }
  expect(copied()).toBeLessThan(4 * 500)
  expect(left()).toBeGreaterThanOrEqual(2)
  expect(left()).toBeLessThan(10)
  peer.latest.accept()
  await chat.send("last")
  expect(peer.received).toEqual(["498", "499", '"last"'])
  await chat.close()
})

it("messages that are sent and aborted in turn are copied a few times at most", async () => {
  const { chat, outcomes, peer, send } = connecting()
  for (let n = 0; n < 500; n++) {
    send("kept")
    await Promise.resolve()
    send("aborted")()
    await Promise.resolve()
  }
  expect(copied()).toBeLessThan(4 * 500)
  peer.latest.accept()
  await chat.send("last")
  expect(peer.received).toEqual([...Array.from({ length: 500 }, () => '"kept"'), '"last"'])
  await chat.close()
  expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(500)
})

it("messages that are aborted for others, of a full queue, are copied a few times at most", async () => {
  const { chat, outcomes, peer, send } = connecting(500)
  for (let n = 1; n < 500; n++) send("kept")
  let abort = send("aborted")
  for (let n = 0; n < 500; n++) {
    abort()
    await Promise.resolve()
    abort = send("last")
  }
  expect(copied()).toBeLessThan(8 * 500)
  peer.latest.accept()
  await chat.send("end")
  expect(peer.received).toEqual([...Array.from({ length: 499 }, () => '"kept"'), '"last"', '"end"'])
  await chat.close()
  expect(outcomes.filter((outcome) => outcome === "aborted")).toHaveLength(500)
})

test("requests that time out before they are written are copied a few times at most", () =>
  Effect.gen(function* () {
    const chat = yield* client({ queueCapacity: 500 })
    const requests = yield* Effect.forEach(Array.from({ length: 500 }), (_, n) =>
      fork(Effect.flip(chat.request(ask(n), { match: () => false, timeout: n + 1 }))),
    )
    yield* TestClock.adjust("1 second")
    expect(new Set((yield* Fiber.joinAll(requests)).map(({ _tag }) => _tag))).toEqual(
      new Set(["RequestTimeout"]),
    )
    expect(copied()).toBeLessThan(4 * 500)
  }))

/** Sends these texts, and aborts some. */
const sendAll = (chat: Effect.Success<ReturnType<typeof client>>, texts: string, aborted = "") =>
  Effect.gen(function* () {
    const sends = new Map<string, Fiber.Fiber<string>>()
    for (const text of texts) {
      const sending = Effect.match(chat.send(say(text)), {
        onSuccess: () => "sent",
        onFailure: (why) => why._tag,
      })
      sends.set(text, yield* fork(sending))
    }
    for (const text of aborted) yield* Fiber.interrupt(sends.get(text) as Fiber.Fiber<string>)
    return sends
  })

const outcomesOf = (sends: ReadonlyMap<string, Fiber.Fiber<string>>, texts: string) =>
  Effect.forEach([...texts], (text) => Fiber.join(sends.get(text) as Fiber.Fiber<string>))

for (const aborted of ["ab", "bd", "ef"])
  test(`a full queue has room again for messages that were aborted (${aborted})`, () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const chat = yield* client({ queueCapacity: 6 })
      yield* sendAll(chat, "abcdef", aborted)
      const late = yield* sendAll(chat, "ghi")
      ;(yield* peer.nextLink).accept()
      expect(yield* outcomesOf(late, "ghi")).toEqual(["sent", "sent", "OutboxFull"])
      expect(heard(peer.latest).join("")).toBe(
        `${"abcdef".replaceAll(new RegExp(`[${aborted}]`, "g"), "")}gh`,
      )
    }))

for (const [aborted, dropped] of [
  ["ab", "cd"],
  ["bd", "ac"],
  ["ef", "ab"],
] as const)
  test(`with drop-oldest messages that were aborted (${aborted}) leave room, and none is dropped for them`, () =>
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const chat = yield* client({ queueCapacity: 6, queueOverflow: "drop-oldest" })
      const early = yield* sendAll(chat, "abcdef", aborted)
      const late = yield* sendAll(chat, "ghij")
      expect(yield* outcomesOf(early, dropped)).toEqual(["OutboxFull", "OutboxFull"])
      ;(yield* peer.nextLink).accept()
      expect(yield* outcomesOf(late, "ghij")).toEqual(["sent", "sent", "sent", "sent"])
      const gone = new RegExp(`[${aborted}${dropped}]`, "g")
      expect(heard(peer.latest).join("")).toBe(`${"abcdef".replaceAll(gone, "")}ghij`)
    }))

test("a message that was aborted does not expire, and then takes no room", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client({ queueCapacity: 3, queueTtl: "1 second" })
    const early = yield* sendAll(chat, "abc", "b")
    yield* TestClock.adjust("1 second")
    expect(yield* outcomesOf(early, "ac")).toEqual(["MessageExpired", "MessageExpired"])
    const late = yield* sendAll(chat, "defg")
    expect(yield* outcomesOf(late, "g")).toEqual(["OutboxFull"])
    ;(yield* peer.nextLink).accept()
    expect(yield* outcomesOf(late, "def")).toEqual(["sent", "sent", "sent"])
    expect(heard(peer.latest).join("")).toBe("def")
  }))

test("a message that was aborted and one that was not have gone from the queue when it has been drained", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client({ queueCapacity: 3 })
    yield* sendAll(chat, "abc", "b")
    const link = yield* peer.nextLink
    link.accept()
    link.hangUp(1012)
    const late = yield* sendAll(chat, "defg")
    expect(yield* outcomesOf(late, "g")).toEqual(["OutboxFull"])
    yield* TestClock.adjust("1 second")
    ;(yield* peer.nextLink).accept()
    expect(yield* outcomesOf(late, "def")).toEqual(["sent", "sent", "sent"])
    expect([heard(link), heard(peer.latest)].map((texts) => texts.join(""))).toEqual(["ac", "def"])
  }))

it("what ends with the connection fails once, also beside what was aborted", async () => {
  const { chat, outcomes, send } = connecting()
  const problems: Array<string> = []
  chat.on("problem", ({ _tag }) => problems.push(_tag))
  const aborts = ["a", "b", "c", "d"].map(send)
  chat.post("e")
  aborts[2]?.()
  await chat.close()
  expect(problems).toEqual(["ConnectionClosed"])
  expect(outcomes).toHaveLength(4)
})
