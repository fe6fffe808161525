import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect, test } from "vitest"
import { Channel } from "../../src/channel/index.ts"

const Chat = Channel.make("chat", {
  incoming: Schema.Struct({ text: Schema.String }),
  signals: { unread: Schema.Struct({ n: Schema.Int }), at: Schema.Date },
})

it.effect("a signal arrives as it was sent", () =>
  Effect.gen(function* () {
    const at = new Date(0)
    const encoded = yield* Channel.encodeSignal(Chat, "at", at)
    const frame = JSON.stringify({ "HX-Trigger": { at: encoded, unread: { n: 1 }, other: 1 }, id: "a-1" })
    expect(yield* Channel.decodeSignals(Chat, frame)).toEqual({ at, unread: { n: 1 } })
  }),
)

it.effect("a control frame without a signal of the channel, or with one that does not fit, fails", () =>
  Effect.gen(function* () {
    for (const frame of [
      '{"HX-Trigger":{"unread":{"n":"x"}}}',
      '{"HX-Resync":true}',
      "<p>",
      '{"HX-Trigger":"unread"}',
    ])
      expect(yield* Effect.flip(Channel.decodeSignals(Chat, frame))).toMatchObject({ _tag: "SchemaError" })
  }),
)

test("a channel without schemas has no messages and no signals", () => {
  const { incoming, signals } = Channel.make("none")
  expect(Schema.is(incoming)({})).toBe(false)
  expect(signals).toEqual({})
})
