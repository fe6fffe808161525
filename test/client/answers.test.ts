/** Requests whose answer is found by a key, and answers that stand for failures. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { fork, test } from "./chat.ts"

const Call = Schema.Struct({ id: Schema.Number, method: Schema.String })
const Reply = Schema.Struct({
  id: Schema.optional(Schema.Number),
  result: Schema.optional(Schema.String),
  error: Schema.optional(Schema.String),
})

const answerTo = (reply: typeof Reply.Type) => reply.id
const failure = (reply: typeof Reply.Type) => (reply.error === undefined ? undefined : new Error(reply.error))

const opened = (protocol: Partial<WsClient.Protocol<typeof Call.Type, typeof Reply.Type>> = { answerTo }) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const rpc = yield* WsClient.make({ url: "wss://rpc.test/", outgoing: Call, incoming: Reply, ...protocol })
    const link = yield* peer.nextLink
    link.accept()
    return { rpc, link }
  })

const reply = (value: typeof Reply.Type) => JSON.stringify(value)

test("a request by key gets the answer of its key, in any order", () =>
  Effect.gen(function* () {
    const { link, rpc } = yield* opened()
    const asked = yield* Effect.forEach([1, 2, 3], (id) =>
      fork(rpc.request({ id, method: "get" }, { key: id })),
    )
    link.send(reply({ result: "of nobody" }))
    for (const id of [2, 3, 1]) link.send(reply({ id, result: `of ${id}` }))
    expect(yield* Fiber.joinAll(asked)).toEqual([1, 2, 3].map((id) => ({ id, result: `of ${id}` })))
  }))

test("of two requests with one key the older is answered first, and one that was interrupted not at all", () =>
  Effect.gen(function* () {
    const { link, rpc } = yield* opened()
    const [gone, first, second] = yield* Effect.forEach([1, 2, 3], () =>
      fork(rpc.request({ id: 7, method: "get" }, { key: 7 })),
    )
    if (gone === undefined || first === undefined || second === undefined) return
    yield* Fiber.interrupt(gone)
    link.send(reply({ id: 7, result: "one" }))
    link.send(reply({ id: 7, result: "two" }))
    expect([yield* Fiber.join(first), yield* Fiber.join(second)]).toMatchObject([
      { result: "one" },
      { result: "two" },
    ])
  }))

test("an answer that stands for a failure fails its request with that, by key and by match", () =>
  Effect.gen(function* () {
    const { link, rpc } = yield* opened()
    const call = { id: 1, method: "get" }
    const byKey = yield* fork(Effect.flip(rpc.request(call, { key: 1, failure })))
    const byMatch = yield* fork(
      Effect.flip(rpc.request({ ...call, id: 2 }, { match: ({ id }) => id === 2, failure })),
    )
    link.send(reply({ id: 1, error: "not found" }))
    link.send(reply({ id: 2, error: "forbidden" }))
    expect([yield* Fiber.join(byKey), yield* Fiber.join(byMatch)]).toEqual([
      new Error("not found"),
      new Error("forbidden"),
    ])
    const asked = yield* fork(rpc.request({ ...call, id: 3 }, { key: 3, failure }))
    link.send(reply({ id: 3, result: "fine" }))
    expect(yield* Fiber.join(asked)).toMatchObject({ result: "fine" })
  }))

test("a failure that throws is a defect of its request alone, and so is a match", () =>
  Effect.gen(function* () {
    const { link, rpc } = yield* opened()
    const oops = () => {
      throw new Error("oops")
    }
    const bad = yield* fork(Effect.exit(rpc.request({ id: 1, method: "get" }, { key: 1, failure: oops })))
    const good = yield* fork(rpc.request({ id: 2, method: "get" }, { key: 2 }))
    link.send(reply({ id: 1 }))
    link.send(reply({ id: 2 }))
    expect((yield* Fiber.join(bad))._tag).toBe("Failure")
    expect(yield* Fiber.join(good)).toEqual({ id: 2 })
  }))

test("a request by key is lost with its socket, or sent again, as others are", () =>
  Effect.gen(function* () {
    const { link, rpc } = yield* opened()
    const asked = yield* fork(Effect.flip(rpc.request({ id: 1, method: "get" }, { key: 1 })))
    link.hangUp(1012)
    expect(yield* Fiber.join(asked)).toBeInstanceOf(WsClient.ConnectionLost)
  }))

test("a request by key without answerTo is a mistake that says so", () =>
  Effect.gen(function* () {
    const { rpc } = yield* opened({})
    const exit = yield* Effect.exit(rpc.request({ id: 1, method: "get" }, { key: 1 }))
    expect(exit).toMatchObject({
      cause: {
        reasons: [
          {
            defect: {
              message: "a request by key needs answerTo: give it to the client, or match to the request",
            },
          },
        ],
      },
    })
  }))

test("a message costs the same with one request by key and with many", () =>
  Effect.gen(function* () {
    let calls = 0
    const { link, rpc } = yield* opened({
      answerTo: (reply) => {
        calls++
        return reply.id
      },
    })
    const asked = yield* Effect.forEach(
      Array.from({ length: 500 }, (_, id) => id),
      (id) => fork(rpc.request({ id, method: "get" }, { key: id })),
    )
    for (let id = 499; id >= 0; id--) link.send(reply({ id }))
    yield* Fiber.joinAll(asked)
    expect(calls).toBe(500)
  }))
