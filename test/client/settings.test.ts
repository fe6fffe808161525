/** What a client takes as settings, and what it refuses. */
import * as Duration from "effect/Duration"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { subprotocols } from "../../src/client/check.ts"
import { toCore } from "../../src/client/Settings.ts"
import { type ConnectOptions, connect, type WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"

let peer: TestPeer.Peer

beforeEach(() => {
  peer = TestPeer.make({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
})
afterEach(() => void vi.unstubAllGlobals())

const spellings: ReadonlyArray<readonly [NonNullable<WsClient.Settings["connectTimeout"]>, number]> = [
  [500, 500],
  ["500", 500],
  ["500ms", 500],
  ["25s", 25_000],
  ["1.5s", 1500],
  ["2m", 120_000],
  ["1h", 3_600_000],
  ["5 seconds", 5000],
  ["1 minute", 60_000],
  [Duration.minutes(1), 60_000],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
]

test.for(spellings)("%o is a duration of %i ms, in every setting that is one", ([given, ms]) => {
  expect(
    toCore({
      reconnectStableAfter: given,
      connectTimeout: given,
      closeTimeout: given,
      heartbeat: given,
      heartbeatTimeout: given,
      queueTtl: given,
    }),
  ).toMatchObject({
    reconnectStableAfter: ms,
    connectTimeout: ms,
    closeTimeout: ms,
    heartbeat: { interval: ms, timeout: ms },
    queueTtl: ms,
  })
})

const noDuration = [
  "soon",
  "",
  " ",
  "5 s s",
  "-1s",
  -1,
  Number.NaN,
  null,
  true,
  {},
  [],
  "1e3s",
  "9".repeat(400),
]
/** What is no Standard Schema. */
const noSchema = [5, "string", null, {}, () => true, { "~standard": {} }]
const noSignal = [{}, null, "abort", { aborted: false }, new EventTarget()]
const noCount = [-1, 1.5, Number.NaN, "3", null, {}, true]

const wrong: { readonly [K in keyof ConnectOptions<unknown, unknown>]?: ReadonlyArray<unknown> } = {
  reconnect: [true, 5, "1s", {}, null],
  reconnectCodes: [1006, "1006", [99_999], [0], [1006.5], ["1006"], null, {}],
  reconnectMaxAttempts: noCount,
  reconnectStableAfter: noDuration,
  connectTimeout: [0, "0s", ...noDuration],
  closeTimeout: noDuration,
  heartbeat: [0, "0", 0.5, true, ...noDuration],
  heartbeatTimeout: [0, ...noDuration],
  heartbeatAlways: ["yes", 1, null],
  heartbeatMessage: [{}, 5, null, () => "", new Uint8Array(new SharedArrayBuffer(2))],
  queueCapacity: noCount,
  queueOverflow: ["drop", "drop-newest", true, null],
  queueTtl: [0, ...noDuration],
  bufferSize: [0, ...noCount],
  backlog: noCount,
  highWaterMark: noCount,
  webSocket: ["ws", {}, null],
  headers: [
    "a: b",
    { a: 1 },
    ["a"],
    null,
    { "a b": "x" },
    { "": "x" },
    { a: "b\nc" },
    { a: "\u007f" },
    { a: "ś" },
  ],
  overflow: ["drop", true, null],
  protocols: ["a b", "", ["a", "a"], ["a", "A"], ["a", ""], ["ä"], [1], 5, null],
  binaryType: ["bytes", "nodebuffer", null],
  format: ["text", null],
  outgoing: noSchema,
  incoming: noSchema,
  signal: noSignal,
  onOpen: [{}, null, "hello"],
  answerTo: [{}, null, "id"],
  resume: [{}, null, true],
}

describe.each(Object.entries(wrong))("%s", (name, values) => {
  // What is too long for a number is Infinity: a duration without end.
  const refused = values.filter((value) => value !== "9".repeat(400))
  test.for(refused.map((value) => [value]))(
    "cannot be %o: that fails at once, and nothing is dialled",
    ([value]) => {
      expect(() => connect("wss://chat.test/", { [name]: value })).toThrow(
        expect.objectContaining({
          name: "TypeError",
          message: expect.stringMatching(`^${name} must be .*, not `),
        }),
      )
      peer.settle()
      expect(peer.log).toEqual([])
    },
  )
})

// RFC 6455 §4.1 asks for unique strings.
test("subprotocols that differ in case are dialled if the WebSocket takes them: not that of Node or Deno", async () => {
  await using given = connect("wss://chat.test/", {
    protocols: ["a", "A"],
    webSocket: ({ protocols, url }) => new peer.WebSocket(url, [...protocols]),
  })
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" })
  await using ofBrowser = connect("wss://chat.test/", { protocols: ["a", "A"] })
  await Promise.all([given.awaitOpen(), ofBrowser.awaitOpen()])
  expect(peer.links.map(({ protocols }) => protocols)).toEqual([
    ["a", "A"],
    ["a", "A"],
  ])
  vi.stubGlobal("navigator", { userAgent: "Deno/2.9" })
  expect(() => connect("wss://chat.test/", { protocols: ["a", "A"] })).toThrow("Node and Deno ignore case")
})

test("the subprotocols are read once each, however many there are", () => {
  const many = Array.from({ length: 40_000 }, (_, n) => `p${n}`)
  expect(subprotocols(false).read(many)).toHaveLength(40_000)
})

const callsWith: Record<string, ReadonlyArray<readonly [name: string, value: unknown]>> = {
  request: [
    ["match", 5],
    ["failure", 5],
    ["failure", null],
    ["timeout", "soon"],
    ["retry", "no"],
    ...noSignal.map((signal) => ["signal", signal] as const),
  ],
  send: noSignal.map((signal) => ["signal", signal]),
  awaitOpen: noSignal.map((signal) => ["signal", signal]),
}

describe.each(Object.entries(callsWith))("%s", (call, options) => {
  test.for(options)("is rejected if %s is %o, and nothing is sent", async ([name, value]) => {
    await using chat = connect("wss://chat.test/", { answerTo: () => undefined })
    await chat.awaitOpen()
    const calls: Record<string, (options: object) => Promise<unknown>> = {
      request: (options) => chat.request("ask", { key: 1, timeout: "1 minute", ...options } as never),
      send: (options) => chat.send("say", options),
      awaitOpen: (options) => chat.awaitOpen(options),
    }
    await expect(calls[call]?.({ [name]: value })).rejects.toMatchObject({
      name: "TypeError",
      message: expect.stringMatching(`^${name} must be .*, not `),
    })
    expect(peer.received).toEqual([])
  })
})

test.for([undefined, null, 5, {}, "", "//", "chat"])("%o is no URL: that fails at once", (url) => {
  expect(() => connect(url as never)).toThrow(expect.objectContaining({ _tag: "InvalidUrl" }))
  expect(peer.log).toEqual([])
})

test("what is undefined has its default", () => {
  const nothing = Object.fromEntries(Object.keys(wrong).map((name) => [name, undefined]))
  expect(toCore(nothing)).toEqual(toCore({}))
})
