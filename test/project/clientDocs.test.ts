/** Checks docs/client.md against the typed client. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { expect, test } from "vitest"
import * as Errors from "../../src/client/Errors.ts"
import { toCore } from "../../src/client/Settings.ts"
import { Reconnect, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { turn } from "../client/chat.ts"

/** Returns the cells of the tables under a heading, by rows. */
const table = (heading: string) =>
  (readFileSync("docs/client.md", "utf8").split(`\n## ${heading}\n`)[1] ?? "")
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ) ?? []

const names = (cell = "") => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)

/** The type makes the compiler report missing ones. */
const settings: Record<keyof WsClient.Settings, true> = {
  reconnect: true,
  reconnectCodes: true,
  reconnectMaxAttempts: true,
  reconnectStableAfter: true,
  connectTimeout: true,
  closeTimeout: true,
  heartbeat: true,
  heartbeatTimeout: true,
  heartbeatAlways: true,
  heartbeatMessage: true,
  queueCapacity: true,
  queueOverflow: true,
  queueTtl: true,
}
type Messages = WsClient.Messages<typeof Schema.String, typeof Schema.String>
type Protocol = WsClient.Protocol<string, string>
const others: Record<
  Exclude<keyof WsClient.Options | keyof Messages | keyof Protocol, keyof WsClient.Settings>,
  true
> = {
  url: true,
  outgoing: true,
  incoming: true,
  format: true,
  onOpen: true,
  answerTo: true,
  resume: true,
  protocols: true,
  binaryType: true,
  webSocket: true,
  headers: true,
  highWaterMark: true,
  bufferSize: true,
  backlog: true,
  overflow: true,
}

test("every option has a row, and every row an option", () => {
  const rows = table("Settings").flatMap(([key]) => names(key))
  expect(rows.sort()).toEqual([...Object.keys(settings), ...Object.keys(others)].sort())
})

const constants: Record<string, unknown> = {
  "Reconnect.fullJitter": Reconnect.fullJitter,
  Infinity: Number.POSITIVE_INFINITY,
  undefined: undefined,
  "Socket.WebSocketConstructor": undefined,
}
const defaults: Record<string, unknown> = Object.fromEntries(
  table("Settings")
    .filter(([, cell]) => cell !== "–")
    .map(([key = "", cell = ""]) => {
      const code = cell.slice(1, -1)
      return [names(key)[0] ?? "", code in constants ? constants[code] : JSON.parse(code)]
    }),
)

test.for(Object.keys(settings))("the default of %s is the one in its row", (key) => {
  // The other settings of the heartbeat have an effect only if there is a heartbeat.
  const shown: WsClient.Settings = key === "heartbeat" ? {} : { heartbeat: "1 second" }
  expect(toCore({ ...shown, [key]: defaults[key] })).toEqual(toCore(shown))
})

test("the defaults of the other options are those in their rows", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* WsClient.make({
      url: "wss://chat.test/",
      outgoing: Schema.Number,
      incoming: Schema.Number,
    })
    const link = yield* peer.nextLink
    link.accept()
    yield* chat.send(1)
    expect({
      format: typeof link.received[0] === "string" ? "json" : "raw",
      protocols: link.protocols,
      binaryType: link.socket.binaryType,
    }).toEqual({
      format: defaults.format,
      protocols: defaults.protocols,
      binaryType: defaults.binaryType,
    })

    const busy = yield* chat.messages.pipe(
      Stream.runForEach(() => Effect.sleep("1 second")),
      Effect.flip,
      Effect.forkChild({ startImmediately: true }),
    )
    for (let n = 0; n <= Number(defaults.bufferSize); n++) link.send("1")
    yield* turn
    for (let n = 0; n <= Number(defaults.bufferSize); n++) link.send("1")
    yield* turn
    link.send("1")
    yield* TestClock.adjust("1 day")
    expect(yield* Fiber.join(busy)).toMatchObject({
      _tag: "BufferOverflow",
      bufferSize: defaults.bufferSize,
    })
    expect(defaults.overflow).toBe("fail")
  }).pipe(Effect.scoped, Effect.provide([TestPeer.layer(), TestClock.layer()]), Effect.runPromise))

test("every failure has a row, and every row a failure", () => {
  expect(
    table("Failures")
      .flatMap(([name]) => names(name))
      .sort(),
  ).toEqual(
    Object.keys(Errors)
      .filter((name) => /^[A-Z]/.test(name))
      .sort(),
  )
})

test("the states are those of the client", () => {
  const states: Record<WsClient.State["_tag"], true> = {
    Connecting: true,
    Open: true,
    Waiting: true,
    Failed: true,
    Closed: true,
    Closing: true,
    Paused: true,
  }
  const told = new Set(table("States").flatMap(([from, to]) => [...names(from), ...names(to)]))
  expect([...told, "Paused"].sort()).toEqual(Object.keys(states).sort())
})
