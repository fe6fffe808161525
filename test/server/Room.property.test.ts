/** Whatever happens to pages and their room, what they show in the end is what the room has sent. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as fc from "fast-check"
import { expect } from "vitest"
import type { Room } from "../../src/server/index.ts"
import { Room as Rooms } from "../../src/server/index.ts"
import { parts } from "../setup/parts.ts"
import { type Chat, lobby, say, settle, shown, test } from "./kit.ts"

type Step =
  | { readonly do: "say"; readonly times: number }
  | { readonly do: "leave" | "come" | "stall" | "flow" | "settle" | "restart" }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("say" as const), times: fc.integer({ min: 1, max: 7 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "leave" as const,
        "come" as const,
        "stall" as const,
        "flow" as const,
        "settle" as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
)

/** A page that dials again with the id of what it shows. */
class Page {
  #now: { readonly page: Rooms.TestPage<typeof Chat>; readonly scope: Scope.Closeable } | undefined
  readonly frames: Array<string> = []
  lastId: string | undefined;

  *leave() {
    if (this.#now === undefined) return
    const { page, scope } = this.#now
    page.leave()
    yield* Scope.close(scope, Exit.void)
    this.frames.push(...page.frames)
    this.lastId = page.lastId
    this.#now = undefined
  }

  *come(room: Room.Room<typeof Chat>, options: Parameters<typeof Rooms.test>[1]) {
    if (this.#now?.page.closed) yield* this.leave()
    if (this.#now !== undefined) return
    const scope = yield* Scope.make()
    this.#now = {
      page: yield* Scope.provide(Rooms.test(room, { ...options, lastId: this.lastId }), scope),
      scope,
    }
  }

  stall() {
    this.#now?.page.stall()
  }

  flow() {
    this.#now?.page.flow()
  }
}

const options = fc.record({
  capacity: fc.integer({ min: 1, max: 5 }),
  slow: fc.constantFrom("resync" as const, "close" as const),
  keep: fc.integer({ min: 1, max: 12 }),
})

for (const part of parts(4))
  test(`a page shows the newest entries in order, none twice and none missing, ${part}`, () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(options, fc.array(step, { maxLength: 40 }), ({ keep, ...buffering }, steps) =>
          Effect.gen(function* () {
            let room = yield* lobby({ keep })
            const page = new Page()
            let count = 0
            for (const step of steps)
              switch (step.do) {
                case "say":
                  for (let time = 0; time < step.times; time++) yield* say(room, ++count)
                  break
                case "come":
                  yield* page.come(room, buffering)
                  break
                case "leave":
                  yield* page.leave()
                  break
                case "restart":
                  yield* page.leave()
                  room = yield* lobby({ keep })
                  break
                case "settle":
                  yield* settle
                  break
                default:
                  page[step.do]()
              }
            page.flow()
            yield* settle
            yield* page.leave()
            yield* page.come(room, buffering)
            yield* settle
            yield* page.leave()
            const numbers = shown(page.frames).split(" ").filter(Boolean).map(Number)
            const first = numbers[0] ?? count + 1
            expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => first + index))
            // A room that has begun anew, and has sent nothing since, shows nothing.
            const { content } = yield* room.snapshot
            const kept = [...String(content["#log"]).matchAll(/<li>(\d+)/g)].map(([, number]) =>
              Number(number),
            )
            expect(numbers.slice(numbers.length - kept.length)).toEqual(kept)
          }).pipe(Effect.scoped, Effect.runPromise),
        ),
        { numRuns: 40 },
      ),
    ))
