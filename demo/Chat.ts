import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Room } from "htmx-ext-effect-ws/server"
import type { Coffee } from "./ClientMessage.ts"
import { type Change, type Conversation, named, nothingSaid, said } from "./Conversation.ts"
import * as fragments from "./fragments.ts"
import type * as Live from "./Live.ts"
import type { Entry } from "./ServerMessage.ts"
import * as Shown from "./Shown.ts"

const idsSize = 1_000

/** Says something, unless it has been said already: a client may send a message again, under the same id. */
type Say = (name: string, text: string, id?: string) => Effect.Effect<void>

export interface Seat extends Live.Followed<Conversation, Change> {
  readonly say: Say
  readonly rename: (name: string) => Effect.Effect<void>
}

/** The chat room: the people present, and the latest messages. */
export class Chat extends Context.Service<
  Chat,
  {
    /** Takes a seat, and leaves it when the scope closes. */
    readonly enter: Effect.Effect<Seat, never, Scope.Scope>
    /** Where pages are shown what happens. */
    readonly room: Room.Room<typeof Coffee>
    readonly say: Say
    readonly announce: (text: string) => Effect.Effect<void>
  }
>()("demo/Chat") {
  static readonly layer = Layer.effect(
    Chat,
    Effect.gen(function* () {
      const chat = yield* Shown.make<Conversation, Change>({
        name: "chat",
        keep: 500,
        initial: nothingSaid,
        content: fragments.conversation,
        fragments: fragments.chatChange,
      })

      const speak = (what: Pick<Entry, "name" | "text" | "message">) =>
        Effect.flatMap(DateTime.now, (at) => Effect.asVoid(chat.change(said(what, at))))

      const ids = new Set<string>()
      const isRepeated = (id: string | undefined): boolean => {
        if (id === undefined) return false
        if (ids.has(id)) return true
        ids.add(id)
        for (const oldest of ids) if (ids.size > idsSize) ids.delete(oldest)
        return false
      }

      const say: Say = (name, text, id) =>
        Effect.suspend(() =>
          isRepeated(id) ? Effect.void : speak({ name, text, ...(id !== undefined && { message: id }) }),
        )

      const setName = (seat: symbol, name: string | undefined) =>
        Effect.asVoid(chat.change(named(seat, name)))

      return {
        enter: Effect.gen(function* () {
          const seat = Symbol("seat")
          const followed = yield* chat.follow
          yield* Effect.addFinalizer(() => setName(seat, undefined))
          return {
            ...followed,
            say,
            rename: (name) => setName(seat, name),
          }
        }),
        room: chat.room,
        say,
        announce: (text) => speak({ text }),
      }
    }),
  )
}
