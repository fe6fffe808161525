/** The typed client without Effect. */
import * as Schema from "effect/Schema"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import * as z from "zod"
import { connect } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { Incoming, Outgoing, said } from "./chat.ts"

let peer: TestPeer.Peer

beforeEach(() => {
  peer = new TestPeer.Peer({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
})
afterEach(() => void vi.unstubAllGlobals())

const ZodOut = z.object({ text: z.string().max(10) })
const ZodIn = z.object({ by: z.string(), text: z.string() })

test("messages go out and come in, checked by Zod", async () => {
  await using chat = connect("wss://chat.test/", { outgoing: ZodOut, incoming: ZodIn })
  await chat.send({ text: "hello" })
  expect(peer.received).toEqual(['{"text":"hello"}'])
  peer.latest.send(said("hi"))
  for await (const { by, text } of chat.messages) {
    expect([by, text]).toEqual(["Ann", "hi"])
    break
  }
  await expect(chat.send({ text: "much too long" })).rejects.toMatchObject({
    _tag: "EncodeError",
    message: expect.stringContaining("text: Too big"),
  })
})

test("messages go out and come in, checked by Effect", async () => {
  await using chat = connect("wss://chat.test/", {
    outgoing: Schema.toStandardSchemaV1(Schema.flip(Outgoing)),
    incoming: Schema.toStandardSchemaV1(Incoming),
  })
  await chat.send({ _tag: "Say", text: "now" })
  expect(peer.received).toEqual(['{"_tag":"Say","text":"now"}'])
})
