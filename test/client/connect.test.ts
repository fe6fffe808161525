/** The typed client without Effect. */
import { runInNewContext } from "node:vm"
import * as Schema from "effect/Schema"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import * as z from "zod"
import { connect, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { waitFor } from "../setup/waitFor.ts"
import { answer, Incoming, Outgoing, said } from "./chat.ts"

let peer: TestPeer.Peer

beforeEach(() => {
  peer = TestPeer.make({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
})
afterEach(() => {
  vi.unstubAllGlobals()
  peer.settle()
  expect([peer.live, peer.listeners]).toEqual([0, 0])
})

const url = "wss://chat.test/"
const ZodOut = z.object({ text: z.string().max(10), urgent: z.boolean().default(false) })
const ZodIn = z.object({ by: z.string(), text: z.string() })

test("Zod checks and completes messages in both directions", async () => {
  await using chat = connect(url, { outgoing: ZodOut, incoming: ZodIn })
  await chat.send({ text: "hello" })
  expect(peer.received).toEqual(['{"text":"hello","urgent":false}'])
  peer.latest.send(said("hi"))
  for await (const { by, text } of chat.messages) {
    expect([by, text]).toEqual(["Ann", "hi"])
    break
  }
})

test("a message that Zod rejects is rejected with its sentences", async () => {
  await using chat = connect(url, { outgoing: ZodOut, incoming: ZodIn })
  const errors: Array<WsClient.DecodeError> = []
  chat.on("decodeError", (error) => errors.push(error))
  await expect(chat.send({ text: "much too long" })).rejects.toMatchObject({
    _tag: "EncodeError",
    message: expect.stringMatching(/^could not encode a message: text: Too big/),
  })
  expect(() => chat.post({ text: "much too long" })).toThrow(WsClient.EncodeError)
  await chat.awaitOpen()
  peer.latest.send('{"by":1}')
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^could not decode a frame: by: .*; text: /),
  ])
})

test("a dial that fails at once, and is tried again without a delay, does not starve other tasks", async () => {
  let dials = 0
  class Offline extends peer.WebSocket {
    constructor() {
      // If it were dialled for ever, nothing after this would be reached.
      if (++dials <= 100) throw new Error("no network")
      super(url)
    }
  }
  vi.stubGlobal("WebSocket", Offline)
  const chat = connect(url, { reconnect: () => 0 })
  for (let turn = 0; turn < 1000; turn++) await Promise.resolve()
  expect(dials).toBe(1)
  await waitFor(() => dials > 2)
  await chat.close()
})

test("Effect checks messages in both directions", async () => {
  await using chat = connect(url, {
    outgoing: Schema.toStandardSchemaV1(Schema.flip(Outgoing)),
    incoming: Schema.toStandardSchemaV1(Incoming),
  })
  await chat.send({ _tag: "Say", text: "now" })
  expect(peer.received).toEqual(['{"_tag":"Say","text":"now"}'])
  const heard = new Promise<string>((resolve) => chat.on("message", ({ text }) => resolve(text)))
  peer.latest.send(said("hi"))
  expect(await heard).toBe("hi")
})

test("a schema may need time", async () => {
  const Slow = z.string().refine(async (text) => text !== "no")
  await using chat = connect(url, { outgoing: Slow, incoming: Slow })
  await chat.send("yes")
  await expect(chat.send("no")).rejects.toBeInstanceOf(WsClient.EncodeError)
  expect(() => chat.post("yes")).toThrow("the schema needs time")
  const come: Array<string> = []
  chat.on("message", (text) => come.push(text))
  for (const text of ["a", "no", "b"]) peer.latest.send(JSON.stringify(text))
  await waitFor(() => come.length === 2)
  expect(come).toEqual(["a", "b"])
})

/** Promises that are none of ours: of another realm, as of another window, of a library, and any thenable. */
const promises: Record<string, (value: unknown) => unknown> = {
  "of another realm": (value) => runInNewContext("Promise.resolve(value)", { value }),
  "of a class of its own": (value) => class extends Promise<unknown> {}.resolve(value),
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
  "that are thenables": (value) => ({ then: (resolve: (value: unknown) => void) => void resolve(value) }),
}

for (const [which, promise] of Object.entries(promises))
  test(`a schema may answer with promises ${which}: what it refuses is refused`, async () => {
    const even: StandardSchemaV1<number, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) =>
          promise(
            Number(value) % 2 === 0 ? { value } : { issues: [{ message: `${value} is odd` }] },
          ) as never,
      },
    }
    await using chat = connect(url, { outgoing: even, incoming: even })
    const [seen, errors]: [Array<number>, Array<string>] = [[], []]
    chat.on("message", (message) => seen.push(message))
    chat.on("decodeError", ({ message }) => errors.push(message))
    await chat.send(2)
    await expect(chat.send(3)).rejects.toMatchObject({ message: "could not encode a message: 3 is odd" })
    expect(() => chat.post(2)).toThrow("the schema needs time")
    for (const n of [4, 5, 6]) peer.latest.send(`${n}`)
    await waitFor(() => seen.length === 2)
    expect([peer.received, seen, errors]).toEqual([["2"], [4, 6], ["could not decode a frame: 5 is odd"]])
  })

test("a promise of a schema that is rejected costs its own message", async () => {
  const failing: StandardSchemaV1<unknown, unknown> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => runInNewContext('Promise.reject(new Error("no database"))'),
    },
  }
  await using chat = connect(url, { outgoing: failing })
  await expect(chat.send(1)).rejects.toMatchObject({ message: "could not encode a message: no database" })
})

test("bytes of another realm are sent and received as bytes", async () => {
  await using chat = connect(url, { format: "raw" })
  await chat.awaitOpen()
  await chat.send(runInNewContext("new Uint8Array([1, 2]).buffer"))
  await chat.send(runInNewContext("new DataView(new Uint8Array([3]).buffer)"))
  expect(peer.received).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)])
  const heard = new Promise<unknown>((resolve) => chat.on("message", resolve))
  const data = runInNewContext("new Uint8Array([4, 5]).buffer")
  peer.latest.socket.dispatchEvent(new MessageEvent("message", { data }))
  expect(await heard).toEqual(Uint8Array.of(4, 5))
})

test("a URL of another realm, and a promise of one, are dialled", async () => {
  await using chat = connect({ href: "wss://chat.test/a" })
  await using other = connect(() => runInNewContext('Promise.resolve("wss://chat.test/b")'))
  await Promise.all([chat.awaitOpen(), other.awaitOpen()])
  expect(peer.links.map((link) => link.url)).toEqual(["wss://chat.test/a", "wss://chat.test/b"])
})

test("without schemas, messages are any JSON, or with format raw what frames are", async () => {
  await using json = connect(url)
  await json.send([1, "two", null])
  await using raw = connect(url, { format: "raw" })
  await raw.send("text")
  await raw.send(Uint8Array.of(1, 2))
  expect(peer.received).toEqual(['[1,"two",null]', "text", Uint8Array.of(1, 2)])
  await expect(json.send(1n)).rejects.toMatchObject({ message: expect.stringContaining("BigInt") })
  await expect(json.send(undefined)).rejects.toBeInstanceOf(WsClient.EncodeError)
  await expect(raw.send({})).rejects.toMatchObject({ message: expect.stringContaining("of one, not Object") })
})

test("a listener is called in the turn of its event, until it is removed, and may throw", async () => {
  const rejected = vi.fn()
  process.on("unhandledRejection", rejected)
  await using chat = connect(url, { incoming: ZodIn })
  await chat.awaitOpen()
  const seen: Array<string> = []
  const stop = chat.on("message", ({ text }) => {
    seen.push(text)
    throw new Error("listener")
  })
  chat.on("message", ({ text }) => seen.push(text.toUpperCase()))
  peer.latest.send(said("a"))
  expect(seen).toEqual(["a", "A"])
  stop()
  stop()
  peer.latest.send(said("b"))
  expect(seen).toEqual(["a", "A", "B"])
  await waitFor(() => rejected.mock.calls.length === 1)
  process.off("unhandledRejection", rejected)
})

test("listeners stay over the end of the connection and the next dial", async () => {
  await using chat = connect(url, { incoming: ZodIn })
  const states: Array<string> = []
  const seen: Array<string> = []
  chat.on("state", ({ _tag }) => states.push(_tag))
  chat.on("message", ({ text }) => seen.push(text))
  await chat.awaitOpen()
  peer.latest.hangUp(1008)
  await expect(chat.awaitOpen()).rejects.toBeInstanceOf(WsClient.ConnectionClosed)
  chat.reconnect()
  await chat.awaitOpen()
  peer.latest.send(said("again"))
  expect(states).toEqual(["Open", "Closed", "Connecting", "Open"])
  expect(seen).toEqual(["again"])
})

test("a listener that another one has removed is no longer called", async () => {
  await using chat = connect(url, { incoming: ZodIn })
  await chat.awaitOpen()
  const seen: Array<string> = []
  chat.on("message", () => stop())
  const stop = chat.on("message", ({ text }) => void seen.push(text))
  peer.latest.send(said("a"))
  expect(seen).toEqual([])
})

test("all listeners get the states in order, even if one of them causes the next", async () => {
  await using chat = connect(url)
  await chat.awaitOpen()
  const states: Array<string> = []
  chat.on("state", ({ _tag }) => {
    if (_tag === "Waiting") void chat.close()
  })
  chat.on("state", ({ _tag }) => states.push(_tag))
  peer.latest.hangUp(1012)
  expect(states).toEqual(["Waiting", "Closed"])
})

test("a listener that dials again when the connection is over begins it anew, and what it sends waits for it", async () => {
  await using chat = connect(url, { outgoing: ZodOut, incoming: ZodIn })
  await chat.awaitOpen()
  let sending: Promise<void> | undefined
  chat.on("state", (state) => {
    if (state._tag !== "Closed" || state.why.closedBy !== "peer") return
    chat.reconnect()
    sending = chat.send({ text: "again" })
  })
  const old = expect(chat.request({ text: "old" }, { match: () => true })).rejects.toMatchObject({
    code: 1008,
  })
  peer.latest.hangUp(1008)
  await chat.awaitOpen()
  await Promise.all([old, sending])
  expect(peer.latest.received).toHaveLength(1)
  const next = chat.messages[Symbol.asyncIterator]().next()
  peer.latest.send(said("hello"))
  expect(await next).toMatchObject({ done: false, value: { text: "hello" } })
})

test("nothing brings a client back that was closed for good, not even a listener of its end", async () => {
  const chat = connect(url, { incoming: ZodIn })
  chat.on("state", ({ _tag }) => {
    if (_tag === "Closed") chat.reconnect()
  })
  await chat.awaitOpen()
  const aborting = new AbortController()
  const other = connect(url, { signal: aborting.signal })
  other.on("state", ({ _tag }) => {
    if (_tag === "Closed") other.reconnect()
  })
  await other.awaitOpen()
  aborting.abort()
  expect([other.state._tag, peer.links.length]).toEqual(["Closed", 2])
  await chat.close()
  expect(chat.state._tag).toBe("Closed")
})

test("messages can be iterated, and throw when the connection is over", async () => {
  await using chat = connect(url, { incoming: ZodIn })
  await chat.awaitOpen()
  peer.latest.send(said("a"))
  const seen: Array<string> = []
  const loop = (async () => {
    for await (const { text } of chat.messages) seen.push(text)
  })()
  await waitFor(() => seen.length === 1)
  peer.latest.hangUp(1008, "enough")
  await expect(loop).rejects.toMatchObject({ _tag: "ConnectionClosed", code: 1008, reason: "enough" })
})

test("a request is fulfilled with its answer", async () => {
  await using chat = connect(url, {
    outgoing: z.object({ id: z.number() }),
    incoming: z.object({ id: z.number(), text: z.string() }),
  })
  const request = chat.request({ id: 1 }, { match: ({ id }) => id === 1, timeout: "1 minute" })
  await waitFor(() => peer.received.length === 1)
  peer.latest.send(answer(2))
  peer.latest.send(answer(1))
  expect((await request).text).toBe("answer 1")
  await expect(chat.request({ id: 3 }, { match: () => false, timeout: 1 })).rejects.toBeInstanceOf(
    WsClient.RequestTimeout,
  )
})

test("a request whose timeout is no duration is rejected", async () => {
  await using chat = connect(url)
  await chat.awaitOpen()
  const request = chat.request({}, { match: () => true, timeout: "soon" as never })
  await expect(request).rejects.toThrow("soon")
  expect(peer.received).toEqual([])
})

test("a signal removes one message from the queue, or ends the wait for one answer", async () => {
  peer.answer = "hang"
  await using chat = connect(url)
  const abort = new AbortController()
  const sending = chat.send("a", { signal: abort.signal })
  const request = chat.request("b", { match: () => true, signal: abort.signal })
  const kept = chat.send("c")
  abort.abort(new Error("changed my mind"))
  await expect(sending).rejects.toThrow("changed my mind")
  await expect(request).rejects.toThrow("changed my mind")
  peer.latest.accept()
  await kept
  expect(peer.received).toEqual(['"c"'])
  await expect(chat.send("d", { signal: AbortSignal.abort("never") })).rejects.toBe("never")
})

test("the signal of a connection closes it", async () => {
  const abort = new AbortController()
  const chat = connect(url, { signal: abort.signal })
  await chat.send("a")
  abort.abort()
  await expect(chat.send("b")).rejects.toBeInstanceOf(WsClient.ConnectionClosed)
  expect(chat.state._tag).toBe("Closed")
  expect(connect(url, { signal: abort.signal }).state._tag).toBe("Closed")
  expect(peer.links).toHaveLength(1)
  for await (const _ of chat.messages) expect.unreachable()
})

/** A signal, and its listeners. */
const listenedTo = () => {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    reason: undefined,
    addEventListener: (_: "abort", listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: "abort", listener: () => void) => void listeners.delete(listener),
  }
  return { listeners, signal }
}

test("a connection that cannot be made leaves no listener on its signal", () => {
  const { listeners, signal } = listenedTo()
  expect(() => connect("/relative", { signal })).toThrow(WsClient.InvalidUrl)
  expect(() => connect(url, { signal, bufferSize: 0 })).toThrow(TypeError)
  expect(listeners.size).toBe(0)
})

test("a connection that was closed leaves no listener on its signal", async () => {
  const { listeners, signal } = listenedTo()
  const chat = connect(url, { signal })
  await chat.awaitOpen()
  expect(listeners.size).toBe(1)
  await chat.close()
  expect(listeners.size).toBe(0)
})

test("close is fulfilled when the peer has answered, sends its code, and ends the loops", async () => {
  const chat = connect(url)
  await chat.awaitOpen()
  const loop = (async () => {
    for await (const _ of chat.messages) expect.unreachable()
  })()
  await chat.close(4001, "done")
  await loop
  expect(peer.latest.closing).toEqual({ code: 4001, reason: "done" })
  await expect(chat.send("a")).rejects.toBeInstanceOf(WsClient.ConnectionClosed)
  chat.reconnect()
  expect(peer.links).toHaveLength(1)
  await chat.close()
})

test("close rejects a code that cannot be sent, and the connection goes on", async () => {
  await using chat = connect(url)
  await chat.awaitOpen()
  await expect(chat.close(1001)).rejects.toBeInstanceOf(RangeError)
  await chat.send("still here")
})

test("the url may be a function, asked before every dial; what it throws is a failed attempt", async () => {
  let asked = 0
  await using chat = connect(
    async () => {
      if (asked++ === 0) throw new Error("no token yet")
      return `${url}?token=${asked}`
    },
    { reconnect: () => 0 },
  )
  const problems: Array<string> = []
  chat.on("problem", ({ message }) => problems.push(message))
  await chat.awaitOpen()
  expect([peer.latest.url, problems]).toEqual([`${url}?token=2`, ["no URL to dial: no token yet"]])
})

test("a url that cannot be one throws", () => {
  expect(() => connect("/relative")).toThrow(WsClient.InvalidUrl)
})

test("several calls of next wait at once, and get one message each, in order", async () => {
  await using chat = connect(url)
  await chat.awaitOpen()
  const iterator = chat.messages[Symbol.asyncIterator]()
  const both = [iterator.next(), iterator.next()]
  peer.latest.send("1")
  peer.latest.send("2")
  expect(await Promise.all(both)).toEqual([
    { done: false, value: 1 },
    { done: false, value: 2 },
  ])
  const late = [iterator.next(), iterator.next()]
  await iterator.return?.()
  expect(await Promise.all(late)).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ])
})

test("calls of next that wait are rejected with the failure of the connection, and then are done", async () => {
  const chat = connect(url)
  await chat.awaitOpen()
  const iterator = chat.messages[Symbol.asyncIterator]()
  const both = [iterator.next(), iterator.next()]
  peer.latest.hangUp(4401)
  await expect(both[0]).rejects.toBeInstanceOf(WsClient.ConnectionClosed)
  expect(await both[1]).toEqual({ done: true, value: undefined })
})

test("a loop goes on where the calls of its iterator have ended", async () => {
  await using chat = connect(url)
  await chat.awaitOpen()
  const iterator = chat.messages[Symbol.asyncIterator]()
  for (const n of [1, 2, 3]) peer.latest.send(`${n}`)
  const first = await iterator.next()
  const rest: Array<unknown> = []
  for await (const message of { [Symbol.asyncIterator]: () => iterator }) if (rest.push(message) === 2) break
  expect([first.value, ...rest]).toEqual([1, 2, 3])
})
