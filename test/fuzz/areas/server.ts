import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { Channel } from "../../../src/channel/index.ts"
import { afterTurn } from "../../../src/client/Fullness.ts"
import { Room, html as template } from "../../../src/server/index.ts"
import * as TestPage from "../../../src/server/TestPage.ts"
import { damaged, html, json, text } from "../hostile.ts"

const turn: Effect.Effect<void> = Effect.callback((resume) => afterTurn(() => resume(Effect.void)))

const message = damaged(
  fc.oneof(
    json.map((one) => JSON.stringify(one)),
    fc
      .record(
        {
          text: json,
          type: json,
          HEADERS: fc.oneof(json, fc.record({ "HX-Message-ID": json, __proto__: json })),
          headers: json,
        },
        { requiredKeys: [] },
      )
      .map((one) => JSON.stringify(one)),
    text,
    html,
  ),
)

const frame = fc.oneof(
  { weight: 5, arbitrary: message },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }) },
)

/** The server reads what pages send, with whatever cursor: each frame is handled or refused, and the next one is handled. */
export const server = (): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    text,
    text,
    fc.array(frame, { minLength: 1, maxLength: 8 }),
    async (cursor, written, frames) => {
      const program = Effect.gen(function* () {
        const Chat = Channel.make("chat", { incoming: Schema.Struct({ text: Schema.NonEmptyString }) })
        const room = yield* Room.make(Chat, { name: "lobby" })
        yield* room.append("#log", template`<li title="${written}">${written}</li>`)
        const page = yield* TestPage.make(Chat, { lastId: encodeURIComponent(cursor.toWellFormed()) })
        yield* room.join(page.peer)
        const heard: Array<string> = []
        yield* Effect.forkScoped(
          page.peer.handle(({ values }) => Effect.sync(() => void heard.push(values.text))),
        )
        for (const one of frames) page.sendFrame(one)
        page.sendFrame(JSON.stringify({ text: "good", HEADERS: { "HX-Message-ID": "last" } }))
        for (let count = 0; count < 40; count++) yield* turn
        if (heard.at(-1) !== "good") throw new Error(`the next message was not handled: ${heard}`)
        if (!page.frames.includes('{"HX-Ack":"last"}')) throw new Error("it was not acknowledged")
        const row = page.frames.find((one) => one.includes("<li title"))
        if (row !== undefined && /<li title="[^"]*[<>][^"]*">|<li title="[^"]*">[^<]*<(?!\/li>)/.test(row))
          throw new Error(`not escaped: ${row}`)
      })
      await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
    },
  )
