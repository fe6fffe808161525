/** The messages of the clients under test. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { afterTurn } from "../../src/client/Fullness.ts"
import { type Resume, WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"

export const Say = Schema.TaggedStruct("Say", { text: Schema.String, at: Schema.optional(Schema.Date) })
export const Ask = Schema.TaggedStruct("Ask", { id: Schema.Number })
export const Outgoing = Schema.Union([Say, Ask])
export const Said = Schema.TaggedStruct("Said", { by: Schema.String, text: Schema.String })
export const Answer = Schema.TaggedStruct("Answer", { id: Schema.Number, text: Schema.String })
export const Incoming = Schema.Union([Said, Answer])

export const say = (text: string): typeof Say.Type => ({ _tag: "Say", text })
export const ask = (id: number): typeof Ask.Type => ({ _tag: "Ask", id })
export const said = (text: string): string => JSON.stringify({ _tag: "Said", by: "Ann", text })
export const answer = (id: number, text = `answer ${id}`): string =>
  JSON.stringify({ _tag: "Answer", id, text })

/** The texts and ids that the peer has received. */
export const heard = (link: TestPeer.Link): Array<string | number> =>
  link.received.map((frame) => {
    const { id, text } = JSON.parse(String(frame))
    return text ?? id
  })

type Url = WsClient.Options["url"]
type Options<U extends Url> = Omit<Partial<WsClient.Options>, "url"> & {
  readonly url?: U
  readonly resume?: Resume.Resume
}

/** A client that dials the test peer. */
export const client = <U extends Url = string>(options: Options<U> = {}) =>
  WsClient.make({
    ...options,
    url: options.url ?? "wss://chat.test/",
    outgoing: Outgoing,
    incoming: Incoming,
  })

/** A client with its first connection open. */
export const opened = <U extends Url = string>(options?: Options<U>) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const chat = yield* client(options)
    const link = yield* peer.nextLink
    link.accept()
    return { chat, link, peer }
  })

/** A test with a peer of its own, under the test clock. */
export const test = <E>(
  title: string,
  body: () => Effect.Effect<unknown, E, TestPeer.TestPeer | Scope.Scope>,
) => it.effect(title, () => Effect.provide(body(), TestPeer.layer()))

/** Begins in the same turn. */
export const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.forkChild(effect, { startImmediately: true })

/** Succeeds when everything that waits has had a turn. */
export const turn: Effect.Effect<void> = Effect.callback((resume) => afterTurn(() => resume(Effect.void)))
