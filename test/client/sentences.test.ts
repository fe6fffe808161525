/** All sentences of a client, of a client of an element, of the core, and of the peer for tests, to be read as one text. */
import { expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { describe } from "vitest"
import * as Errors from "../../src/client/Errors.ts"
import * as Decoder from "../../src/core/Decoder.ts"
import { dial } from "../../src/core/dial.ts"
import { Body } from "../../src/core/Payload.ts"
import { awaitConnection, type PublicObject } from "../../src/element/connectionOf.ts"
import { gone } from "../../src/element/ElementTransport.ts"
import { fromElement } from "../../src/element/v2.ts"
import { type ConnectOptions, connect, Reconnect, Resume, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { ask, client, fork, Incoming, Outgoing, opened, said, say, turn } from "./chat.ts"

/** The sentence, when it is met, and an effect that fails with it or succeeds with the error. */
type Row = readonly [
  sentence: string,
  title: string,
  effect: Effect.Effect<unknown, unknown, Scope.Scope | TestPeer.TestPeer>,
]

const thrown = (run: () => unknown) => Effect.try({ try: run, catch: (error) => error })

const first = <A, E>(stream: Stream.Stream<A, E>) =>
  fork(Effect.map(Stream.runHead(stream), Option.getOrThrow))

/** A client without Effect, with an open connection. */
const connected = (options?: ConnectOptions<unknown, unknown>) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const { WebSocket } = globalThis
    globalThis.WebSocket = peer.WebSocket
    const chat = connect("wss://chat.test/", options)
    globalThis.WebSocket = WebSocket
    const link = yield* peer.nextLink
    link.accept()
    return { chat, link, decodeError: new Promise((resolve) => chat.on("decodeError", resolve)) }
  })

/** A schema whose validation gives `result`. */
const schema = (result: unknown): StandardSchemaV1<unknown, unknown> => ({
  "~standard": { version: 1, vendor: "test", validate: () => result as never },
})

/** Fails with the state that follows when the first socket has ended. */
const ended = (code: number, reason: string, options?: Partial<WsClient.Settings>) =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened(options)
    link.hangUp(code, reason)
    return yield* chat.send(say("late"))
  })

const problemOf = (url: Effect.Effect<string, unknown>) =>
  Effect.gen(function* () {
    const chat = yield* client({ url })
    const problem = yield* first(chat.problems)
    yield* TestClock.adjust("15 seconds")
    return yield* Fiber.join(problem)
  })

/** The problem of a client whose first socket has ended. */
const delayProblem = (reconnect: WsClient.Settings["reconnect"]) =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ reconnect })
    const problem = yield* first(chat.problems)
    link.hangUp(1012)
    return yield* Fiber.join(problem)
  })

/** The problem of a client that resumes, and is sent a frame. */
const resumed = (options: Resume.Options<unknown>, frame: string) =>
  Effect.gen(function* () {
    const { chat, link } = yield* opened({ resume: Resume.make(options) })
    const problem = yield* first(chat.problems)
    link.send(frame)
    return yield* Fiber.join(problem)
  })

const clientRows: ReadonlyArray<Row> = [
  [
    '"/chat" is not a valid URL: expected an absolute one, or one relative to a page',
    "a URL that is relative to nothing",
    client({ url: "/chat" }),
  ],
  [
    '"ftp://a.test/" is not a WebSocket URL: expected the scheme ws, wss, http or https',
    "a URL of another scheme",
    client({ url: "ftp://a.test/" }),
  ],
  [
    "there is no WebSocket on this platform: use Node 22 or newer, or give one (webSocket, Socket.WebSocketConstructor)",
    "a platform without WebSockets",
    Effect.suspend(() => {
      const { WebSocket } = globalThis
      Reflect.deleteProperty(globalThis, "WebSocket")
      const connecting = thrown(() => connect("wss://chat.test/"))
      return Effect.ensuring(
        connecting,
        Effect.sync(() => Object.assign(globalThis, { WebSocket })),
      )
    }),
  ],
  ["no URL to dial: no token", "a url that fails", problemOf(Effect.fail(new Error("no token")))],
  [
    "no URL to dial: url did not settle within 15000 ms (connectTimeout)",
    "a url that never settles",
    problemOf(Effect.never),
  ],
  [
    "bufferSize must be a whole number of at least 1, or Infinity, not 0",
    "a buffer that holds nothing",
    client({ bufferSize: 0 }),
  ],
  [
    'heartbeat must be false, or a duration of at least 1 ms (500, "500ms", "5s", "5 seconds"), not 0',
    "a heartbeat without a pause",
    client({ heartbeat: 0 }),
  ],
  [
    'connectTimeout must be a duration of at least 1 ms (500, "500ms", "5s", "5 seconds"), not "soon"',
    "a duration that is none",
    client({ connectTimeout: "soon" as never }),
  ],
  [
    'protocols must be a subprotocol without spaces, or a list of them, each once, not "a b"',
    "subprotocols that no WebSocket takes",
    client({ protocols: "a b" }),
  ],
  [
    'headers must be a record of header names (without spaces) and strings (Latin-1, without line breaks), not { "a b": … }',
    "a header whose name is none",
    client({ headers: { authorization: "Bearer x", "a b": "c" } }),
  ],
  [
    "headers must be a record of header names (without spaces) and strings (Latin-1, without line breaks), not [object Map]",
    "headers that are no record",
    client({ headers: new Map() as never }),
  ],
  [
    'protocols must be a subprotocol without spaces, or a list of them, each once (Node and Deno ignore case), not ["a","A"]',
    "subprotocols that differ in case",
    thrown(() => connect("wss://chat.test/", { protocols: ["a", "A"] })),
  ],
  [
    "incoming must be a Standard Schema (of Zod, Valibot, ArkType, or Schema.toStandardSchemaV1), not a function",
    "a schema that is none",
    thrown(() => connect("wss://chat.test/", { incoming: Incoming as never })),
  ],
  [
    "signal must be an AbortSignal, not [object Object]",
    "a signal that is none",
    thrown(() => connect("wss://chat.test/", { signal: {} as never })),
  ],
  [
    "failure must be a function, not 5",
    "a request whose failures nobody finds",
    Effect.flatMap(client(), (chat) => chat.request(ask(1), { match: () => true, failure: 5 as never })),
  ],
  [
    "reconnectCodes must be a list of close codes from 1000 to 4999, not [1006,99999]",
    "a close code that is none",
    client({ reconnectCodes: [1006, 99999] }),
  ],
  [
    "reconnect must be a Schedule, a function that returns milliseconds, or false, not true",
    "a policy that is none",
    client({ reconnect: true as never }),
  ],
  [
    "base must be a finite number of milliseconds, not NaN",
    "a policy whose first delay is no number",
    thrown(() => Reconnect.exponential({ base: Number.NaN, factor: 2, max: 1000, jitter: 0 })),
  ],
  [
    "factor must be a finite number of at least 1, not -2",
    "a policy whose delays have signs",
    thrown(() => Reconnect.exponential({ base: 500, factor: -2, max: 1000, jitter: 0 })),
  ],
  [
    "max must be a number of milliseconds, not -1",
    "a policy whose delays are negative",
    thrown(() => Reconnect.exponential({ base: 500, factor: 2, max: -1, jitter: 0 })),
  ],
  [
    'jitter must be "full", or a number from 0 to 1, not 1.5',
    "a policy whose delays may be negative",
    thrown(() => Reconnect.exponential({ base: 500, factor: 2, max: 1000, jitter: 1.5 })),
  ],
  [
    "delay must be a finite number of milliseconds, not Infinity",
    "a delay without an end",
    thrown(() => Reconnect.constant(Number.POSITIVE_INFINITY)),
  ],
  [
    'queueOverflow must be "reject" or "drop-oldest", not "drop-newest"',
    "a choice that is none",
    client({ queueOverflow: "drop-newest" as never }),
  ],
  [
    "heartbeatMessage must be a string, a Blob, an ArrayBuffer or a view of one, not [object Object]",
    "a frame that is none",
    client({ heartbeatMessage: {} as never }),
  ],
  [
    "resume must be what Resume.make returns, not [object Object]",
    "what resumes nothing",
    client({ resume: { cursor: "7f-1" } as never }),
  ],
  [
    'cursor must be 1 to 128 letters, digits and _ . : , ~ -, not "7f-1\\n"',
    "a cursor with the end of a line",
    thrown(() => Resume.make({ cursor: "7f-1\n" })),
  ],
  [
    'param must be the name of a parameter: letters, digits and _ . ~ -, not "last id"',
    "the name of a parameter that is none",
    thrown(() => Resume.make({ param: "last id" })),
  ],
  [
    "the server no longer has what was missed: load the state anew (onGap of resume)",
    "a gap that nobody fills",
    resumed({}, '{"HX-Resync":true,"id":"8a-9"}'),
  ],
  [
    "onGap of resume could not load the state: 503",
    "a gap that cannot be filled",
    resumed({ onGap: () => Effect.fail(new Error("503")) }, '{"HX-Resync":true,"id":"8a-9"}'),
  ],
  [
    'the id of a message is "7f 1", expected 1 to 128 letters, digits and _ . : , ~ -',
    "an id that cannot be one",
    resumed({}, '{"_tag":"Said","by":"Ann","text":"hi","id":"7f 1"}'),
  ],
  [
    "match must be a function, not undefined",
    "a request without a match",
    Effect.flatMap(client(), (chat) => chat.request(ask(1), {} as never)),
  ],
  [
    'could not encode a message: Expected string\n  at ["text"]',
    "a message that the schema rejects",
    Effect.flatMap(client(), (chat) => chat.send(say(1 as never))),
  ],
  [
    "could not encode a message: the schema needs time: use send",
    "post, with a schema that needs time",
    Effect.flatMap(connected({ outgoing: schema(Promise.resolve({ value: 1 })) }), ({ chat }) =>
      thrown(() => chat.post(1)),
    ),
  ],
  [
    'could not decode a frame: Expected string\n  at ["text"]',
    "a frame that the schema rejects",
    Effect.gen(function* () {
      const { chat, link } = yield* opened()
      const error = yield* first(chat.decodeErrors)
      link.send('{"_tag":"Said","by":"Ann","text":1}')
      return yield* Fiber.join(error)
    }),
  ],
  [
    expect.stringMatching(/^could not decode a frame: (The encoded data was not valid|.*UTF-8)/),
    "a binary frame that is no text",
    Effect.gen(function* () {
      const { decodeError, link } = yield* connected()
      link.send(Uint8Array.of(0xff))
      return yield* Effect.promise(() => decodeError)
    }),
  ],
  [
    "a request by key needs answerTo: give it to the client, or match to the request",
    "a request by key of a client that knows none",
    Effect.flatMap(client(), (chat) => chat.request(ask(1), { key: 1 })),
  ],
  [
    "onOpen failed: who are you?",
    "a login that fails",
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const chat = yield* WsClient.make({
        url: "wss://chat.test/",
        outgoing: Outgoing,
        incoming: Incoming,
        onOpen: () => Effect.fail(new Error("who are you?")),
      })
      const problem = yield* first(chat.problems)
      ;(yield* peer.nextLink).accept()
      return yield* Fiber.join(problem)
    }),
  ],
  [
    "onOpen failed: onOpen did not settle within 15000 ms (connectTimeout)",
    "a login without an end",
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const chat = yield* WsClient.make({
        url: "wss://chat.test/",
        outgoing: Outgoing,
        incoming: Incoming,
        onOpen: () => Effect.never,
      })
      const problem = yield* first(chat.problems)
      ;(yield* peer.nextLink).accept()
      yield* TestClock.adjust("15 seconds")
      return yield* Fiber.join(problem)
    }),
  ],
  [
    "wss://chat.test/ was closed from the start: does the page's Content-Security-Policy allow it?",
    "a WebSocket that the policy of the page forbids",
    Effect.gen(function* () {
      const webSocket = () => ({ readyState: 3, send() {}, close() {}, addEventListener() {} })
      const chat = yield* client({ webSocket })
      return yield* Fiber.join(yield* first(chat.problems))
    }),
  ],
  [
    "the reconnect delay function threw Error: no delay",
    "a function that gives no delay",
    delayProblem(() => {
      throw new Error("no delay")
    }),
  ],
  [
    "the reconnect policy threw Error: no delay",
    "a Schedule that gives no delay",
    delayProblem(
      Schedule.map(Schedule.forever, () => {
        throw new Error("no delay")
      }),
    ),
  ],
  [
    "headers cannot be sent: only the WebSockets of Node, Bun and Deno take them, or `webSocket`",
    "headers over a constructor that takes none",
    client({ headers: { authorization: "Bearer x" } }),
  ],
  [
    "a message was dropped: the queue is full (queueCapacity)",
    "a message without room",
    Effect.flatMap(client({ queueCapacity: 0 }), (chat) => chat.send(say("late"))),
  ],
  [
    "a message was dropped: it waited longer than queueTtl",
    "a message that waited too long",
    Effect.gen(function* () {
      const chat = yield* client({ queueTtl: "1 second" })
      const sending = yield* fork(chat.send(say("late")))
      yield* TestClock.adjust("1 second")
      return yield* Fiber.join(sending)
    }),
  ],
  [
    "a message was dropped: writing it to an open socket failed twice",
    "a message that no socket takes",
    Effect.sync(() => Errors.dropped("", "refused")),
  ],
  [
    "a message was discarded by the page: a listener cancelled its event, or it was removed from the queue",
    "a message that the page discards",
    Effect.sync(() => Errors.discarded("")),
  ],
  [
    "the connection was closed by this client",
    "a message after close",
    Effect.gen(function* () {
      const chat = yield* client()
      yield* chat.close()
      return yield* chat.send(say("late"))
    }),
  ],
  [
    "the connection is closing",
    "a message while it closes",
    Effect.gen(function* () {
      const { chat, link } = yield* opened()
      link.stall()
      yield* fork(chat.close())
      return yield* chat.send(say("late"))
    }),
  ],
  [
    "the scope of the client was closed",
    "a message after the end of the scope",
    Effect.flatMap(Effect.scoped(client()), (chat) => chat.send(say("late"))),
  ],
  [
    "the connection ended with code 4401 (who are you?) and is not retried",
    "a final code",
    ended(4401, "who are you?"),
  ],
  [
    "the connection failed after 0 retries: the last attempt ended with code 1012",
    "a code that would be retried, without a retry",
    ended(1012, "", { reconnectMaxAttempts: 0 }),
  ],
  [
    "the connection ended with code 1012 (restart) before a request was answered",
    "a request whose socket ends",
    Effect.gen(function* () {
      const { chat, link } = yield* opened()
      const asking = yield* fork(chat.request(ask(1), { match: () => false }))
      link.hangUp(1012, "restart")
      return yield* Fiber.join(asking)
    }),
  ],
  [
    "the connection ended with code 1006 (no answer to the heartbeat) before a request was answered",
    "a request to a peer that is mute",
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ heartbeat: "1 second", heartbeatTimeout: "1 second" })
      const asking = yield* fork(chat.request(ask(1), { match: () => false }))
      link.stall()
      yield* TestClock.adjust("5 seconds")
      return yield* Fiber.join(asking)
    }),
  ],
  [
    "a request was not answered within 10000 ms (timeout)",
    "a request without an answer",
    Effect.gen(function* () {
      const { chat } = yield* opened()
      const asking = yield* fork(chat.request(ask(1), { match: () => false }))
      yield* TestClock.adjust("10 seconds")
      return yield* Fiber.join(asking)
    }),
  ],
  [
    "a subscriber fell 1 messages behind: read faster, or change bufferSize or overflow",
    "a slow subscriber",
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ bufferSize: 1 })
      const reading = yield* fork(Stream.runForEach(chat.messages, () => Effect.sleep("1 second")))
      for (const text of ["a", "b", "c"]) {
        link.send(said(text))
        yield* turn
      }
      yield* TestClock.adjust("1 minute")
      return yield* Fiber.join(reading)
    }),
  ],
  [
    "1 message was lost: the buffer of a subscriber was full (bufferSize, overflow)",
    "a subscriber that loses messages",
    Effect.gen(function* () {
      const { chat, link } = yield* opened({ bufferSize: 1 })
      const problem = yield* first(chat.problems)
      for (const text of ["a", "b"]) {
        link.send(said(text))
        yield* turn
      }
      return yield* Fiber.join(problem)
    }),
  ],
  [
    "a frame was dropped: 1 others wait to be decoded (bufferSize)",
    "frames that arrive faster than they are decoded",
    Effect.gen(function* () {
      const incoming = schema(new Promise(() => {}))
      const { decodeError, link } = yield* connected({ incoming, bufferSize: 1 })
      for (let n = 0; n < 3; n++) {
        link.send("1")
        yield* turn
      }
      return yield* Effect.promise(() => decodeError)
    }),
  ],
  [
    "close code must be 1000 or 3000 to 4999, not 1001",
    "a close code that pages may not send",
    Effect.flatMap(client(), (chat) => chat.close(1001)),
  ],
]

const found = (object: Partial<PublicObject> | undefined) =>
  awaitConnection(
    {
      publicObject: () => object,
      wantsConnection: () => false,
      dialEvents: () => [],
      makeMessage: () => ({}),
    },
    undefined as never,
  )

const elementRows: ReadonlyArray<Row> = [
  [
    "there is no element: it is null",
    "null for an element",
    fromElement(null, { outgoing: Outgoing, incoming: Incoming }),
  ],
  [
    "the element has no connection, and no attribute that asks for one",
    "an element without a connection",
    found(undefined),
  ],
  [
    "the connection of the element belongs to another extension",
    "an element of the official script",
    found({}),
  ],
  [
    "client and extension are of different versions: load the same version of both",
    "an extension of another version",
    found({ port: { version: 2 } as never }),
  ],
  [
    "the element no longer has a connection",
    "a message after the element has left the page",
    Effect.sync(gone),
  ],
]

const noBody = (value: object) =>
  Effect.sync(() => ({ message: Result.getOrThrow(Result.flip(Decoder.decode(Body)(value))) }))

const coreRows: ReadonlyArray<Row> = [
  [
    "the closing handshake timed out",
    "a peer that does not answer a close frame",
    Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const request = { url: "wss://chat.test/", protocols: [] }
      const handlers = { onMessage: () => {}, onError: () => {} }
      const socket = yield* dial(request, handlers, { connectTimeout: 1000, closeTimeout: 1000 })
      const link = yield* peer.nextLink
      link.accept()
      link.stall()
      socket.close()
      yield* TestClock.adjust("1 second")
      return { message: (yield* socket.closed).reason }
    }),
  ],
  ["the record has no JSON", "a record that leaves itself out", noBody({ toJSON: () => undefined })],
  [
    "user.name cannot be read (Error: secret)",
    "a record with a getter that throws",
    noBody({
      user: {
        get name() {
          throw new Error("secret")
        },
      },
    }),
  ],
]

const dialled = () => {
  const peer = TestPeer.make()
  const socket = new peer.WebSocket("wss://a.test")
  return { link: peer.latest, socket }
}
const long = "x".repeat(124)

const peerRows: ReadonlyArray<Row> = [
  ["nobody has dialled this peer yet", "the latest connection of none", thrown(() => TestPeer.make().latest)],
  ["not a valid URL: //", "a URL that is none", thrown(() => new (TestPeer.make().WebSocket)("//"))],
  [
    "the scheme of a WebSocket URL must be ws, wss, http or https: ftp://a.test",
    "a URL of another scheme",
    thrown(() => new (TestPeer.make().WebSocket)("ftp://a.test")),
  ],
  [
    "a WebSocket URL must not have a fragment: ws://a.test/#b",
    "a fragment",
    thrown(() => new (TestPeer.make().WebSocket)("ws://a.test/#b")),
  ],
  [
    'a subprotocol must be a token that is offered once: "a b"',
    "a subprotocol that is no token",
    thrown(() => new (TestPeer.make().WebSocket)("ws://a.test", "a b")),
  ],
  [
    "cannot send while the socket is CONNECTING",
    "a message during the handshake",
    thrown(() => dialled().socket.send("early")),
  ],
  [
    "close code must be 1000 or 3000 to 4999, not 1001",
    "a close code that pages may not send",
    thrown(() => dialled().socket.close(1001)),
  ],
  [
    "close code must be an integer from 0 to 65535, not 65536",
    "a close code of no server",
    thrown(() => dialled().link.hangUp(65536)),
  ],
  [
    'a close reason needs a close code: "bye"',
    "a reason alone",
    thrown(() => dialled().link.hangUp(undefined, "bye")),
  ],
  [
    `close reason must have at most 123 bytes of UTF-8: "${long}"`,
    "a reason that is too long",
    thrown(() => dialled().link.hangUp(4000, long)),
  ],
]

describe.each([
  ["the client says", clientRows],
  ["the client of an element says", elementRows],
  ["the core says", coreRows],
  ["the peer for tests says", peerRows],
] as const)("%s", (_, rows) => {
  for (const [sentence, title, effect] of rows)
    it.effect(`"${sentence}" of ${title}`, () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Effect.scoped(effect))
        const error = Exit.isSuccess(exit) ? exit.value : Cause.squash(exit.cause)
        expect(error).toMatchObject({ message: sentence })
      }).pipe(Effect.provide(TestPeer.layer())),
    )
})
