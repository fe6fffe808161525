import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { afterTurn } from "../../../src/client/Fullness.ts"
import { WsClient } from "../../../src/index.ts"
import { TestPeer } from "../../../src/testing/index.ts"
import { control, damaged, html, json, text } from "../hostile.ts"

const turn: Effect.Effect<void> = Effect.callback((resume) => afterTurn(() => resume(Effect.void)))
const Incoming = Schema.TaggedStruct("Said", { text: Schema.String })

const frame = fc.oneof(
  damaged(json.map((one) => JSON.stringify(one))),
  damaged(
    fc
      .record({ _tag: fc.constantFrom("Said", "said"), text: json, id: json })
      .map((one) => JSON.stringify(one)),
  ),
  control,
  html,
  text,
  fc.uint8Array({ maxLength: 9 }).map((bytes) => bytes.slice().buffer as ArrayBuffer),
)

/** The typed client reads what a server sends: each frame is a message or a problem, and the next one is a message. */
export const client = (): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async (frames) => {
    const program = Effect.gen(function* () {
      const peer = yield* TestPeer.TestPeer
      const chat = yield* WsClient.make({
        url: "wss://chat.test/",
        outgoing: Schema.String,
        incoming: Incoming,
      })
      const link = yield* peer.nextLink
      link.accept()
      const heard: Array<string> = []
      const problems: Array<unknown> = []
      yield* Effect.forkScoped(
        Stream.runForEach(chat.messages, ({ text }) => Effect.sync(() => void heard.push(text))),
      )
      for (const stream of [chat.problems, chat.decodeErrors] as ReadonlyArray<Stream.Stream<unknown>>)
        yield* Effect.forkScoped(
          Stream.runForEach(stream, (problem) => Effect.sync(() => void problems.push(problem))),
        )
      yield* turn
      for (const one of frames) link.send(one)
      link.send('{"_tag":"Said","text":"good"}')
      for (let count = 0; count < 40; count++) yield* turn
      if (heard.at(-1) !== "good")
        throw new Error(`the next message was not read: ${heard}, ${problems.map(String)}`)
      const told = heard.length - 1 + problems.length
      if (told < frames.length)
        throw new Error(
          `${frames.length - told} of ${frames.length} frames were neither messages nor problems`,
        )
    })
    await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(TestPeer.layer())))
  })
