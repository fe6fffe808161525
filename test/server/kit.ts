/** A chat room for tests, and what its pages show. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Channel } from "../../src/channel/index.ts"
import { html, Room } from "../../src/server/index.ts"
import { turn } from "../client/chat.ts"

export const Chat = Channel.make("chat", {
  incoming: Schema.Struct({ text: Schema.NonEmptyString }),
  signals: { unread: Schema.Struct({ n: Schema.Int }), at: Schema.Date },
})

/** A channel like `Chat`, of which no message has been handled: what has been, a process remembers by the channel. */
export const unheard = (): typeof Chat => ({ ...Chat })

export const lobby = (options: { readonly keep?: number; readonly name?: string } = {}) =>
  Room.make(Chat, { name: "lobby", snapshot: ({ content }) => ({ "#log": content("#log") }), ...options })

export const say = (room: Room.Room<typeof Chat>, ...texts: ReadonlyArray<string | number>) =>
  Effect.forEach(texts, (text) => room.append("#log", html`<li>${text}</li>`))

/** What a page shows that has applied these frames. */
export const shown = (frames: ReadonlyArray<string>): string =>
  frames.reduce((log, frame) => {
    const [, swap, content = ""] = /hx-swap-oob="(\w+):#log">(.*)<\/div>$/.exec(frame) ?? []
    const text = content.replace(/<li>(.*?)<\/li>/g, "$1 ").trimEnd()
    return swap === undefined ? log : swap === "innerHTML" ? text : `${log} ${text}`.trim()
  }, "")

export const test = <E>(title: string, body: () => Effect.Effect<unknown, E, Scope.Scope>) =>
  it.effect(title, body)

/** Lets everything happen that waits for a turn. */
export const settle = Effect.gen(function* () {
  for (let count = 0; count < 40; count++) yield* turn
})
