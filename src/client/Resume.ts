/**
 * Nothing missed: each dial of a client says the id of the last message that was decoded, and the server sends what came
 * after it. A program that does not use it pays nothing for it.
 *
 * **Example**
 *
 * ```ts
 * import { Console, Effect, Schema, Stream } from "effect"
 * import { Resume, WsClient } from "htmx-ext-effect-ws"
 *
 * const Said = Schema.Struct({ id: Schema.optional(Schema.String), text: Schema.String })
 *
 * const program = Effect.gen(function* () {
 *   const resume = Resume.make({ cursor: "7f-41" })
 *   const url = "wss://example.org/chat"
 *   const chat = yield* WsClient.make({ url, resume, outgoing: Schema.Json, incoming: Said })
 *   yield* Stream.runForEach(Stream.take(chat.messages, 1), ({ text }) => Console.log(text))
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { guard } from "../core/guard.ts"
import { text as textOf } from "./Codec.ts"
import { aFunction, check, type Reader } from "./check.ts"
import { type DecodeError, why } from "./Errors.ts"
import { givenId, isId, resyncOf } from "./frameId.ts"
import type { State } from "./State.ts"

/** The program lacks messages that the server no longer has, and has not loaded the state that they led to. */
export class Gap extends Data.TaggedError("Gap")<{
  readonly message: string
  /** The id of the newest message when the server said so. */
  readonly id: string | undefined
  /** Why `onGap` has failed, if it has. */
  readonly cause: unknown
}> {}

/** A message has an id that cannot be one. It counts as none. */
export class InvalidId extends Data.TaggedError("InvalidId")<{
  readonly message: string
  readonly id: unknown
}> {}

/** What `onGap` may return. It succeeds with the id of what was loaded, if that is known. */
type Loading =
  | Effect.Effect<string | undefined, unknown>
  | Effect.Effect<void, unknown>
  | PromiseLike<string | undefined>
  | PromiseLike<void>

/** The options of `make`. */
export interface Options<in In> {
  /**
   * The id of the last message that the program has handled, in a run before.
   *
   * @default undefined
   */
  readonly cursor?: string | undefined
  /**
   * The parameter of the URL that says the id.
   *
   * @default "last-id"
   */
  readonly param?: string | undefined
  /**
   * Returns the id of a message, on other wires; `undefined` if it has none. By default it is `<!--id:7f-42-->` at the
   * start of HTML, or `id` of a JSON object.
   */
  readonly idOf?: ((message: In, frame: unknown) => string | undefined) | undefined
  /**
   * Loads the whole state. It is called when the server no longer has what the program has missed (`{"HX-Resync": true}`);
   * `id` is that of the newest message. The messages that follow wait until the effect or promise has succeeded. If that is
   * with the id of what was loaded (`HX-Last-ID` of a response), they go on behind that. If it fails, or there is no `onGap`,
   * `problems` emits a `Gap`.
   */
  readonly onGap?: ((gap: { readonly id: string | undefined }) => Loading) | undefined
}

/** How far a program has come in what its server sends. It is for one client at a time. */
export interface Resume<in In = unknown> {
  /**
   * The id of the last message that was decoded; `undefined` before the first, and while the program lacks something.
   *
   * **Gotchas**
   *
   * Subscribers may not have read that message yet. For a later run of the program, save the id of the last message that
   * was handled.
   */
  readonly cursor: string | undefined
  /** @internal */
  readonly attach: <A extends In>(client: Resumable<A>) => Wiring
}

/** How a client dials, and what it does with frames that have arrived. */
export interface Wiring {
  readonly url: Effect.Effect<string, unknown>
  readonly receive: (frame: unknown) => void
}

/** What is needed of a client. */
export interface Resumable<in out In> {
  readonly url: Wiring["url"]
  readonly decode: (frame: unknown) => Effect.Effect<In, DecodeError>
  readonly context: Context.Context<never>
  /** Not to be called before the first dial. */
  readonly session: () => {
    readonly state: State
    readonly receive: (frame: unknown, decoded: Effect.Effect<In, DecodeError>) => boolean
    readonly afterDecoding: (work: () => void) => void
    readonly report: (problem: Gap | InvalidId) => void
  }
  readonly reconnect: () => void
}

type Progress =
  | { readonly _tag: "Following"; readonly cursor: string | undefined }
  /** The state could not be loaded. Until the next dial, which asks for everything, the cursor does not move. */
  | { readonly _tag: "Lacking"; readonly cursor?: undefined }

const ids = "1 to 128 letters, digits and _ . : , ~ -"
const anId: Reader<string> = {
  expected: ids,
  read: (value) => (isId(value) ? value : undefined),
}
const aParameter: Reader<string> = {
  expected: "the name of a parameter: letters, digits and _ . ~ -",
  read: (value) => (typeof value === "string" && /^[\w.~-]+$/.test(value) ? value : undefined),
}

/** Makes what the setting `resume` takes. Throws a `TypeError` if an option can never work. */
export const make = <In = unknown>(options: Options<In> = {}): Resume<In> => {
  const param = check("param", aParameter, options.param, "last-id")
  const idOf = check("idOf", aFunction, options.idOf, undefined) as Options<In>["idOf"]
  const onGap = check("onGap", aFunction, options.onGap, undefined) as Options<In>["onGap"]
  let progress: Progress = {
    _tag: "Following",
    cursor: check("cursor", anId, options.cursor, undefined),
  }

  const attach = <A extends In>({ context, decode, reconnect, session, url }: Resumable<A>): Wiring => {
    let dials = 0
    /** What came of this dial, and of those before it, is in the state that was loaded. */
    let loaded = -1

    const redial = (): void => {
      if (session().state._tag === "Open") reconnect()
    }
    const toId = (id: unknown): string | undefined => {
      if (isId(id)) return id
      if (id !== undefined && id !== null) {
        const message = `the id of a message is ${JSON.stringify(id)}, expected ${ids}`
        session().report(new InvalidId({ message, id }))
      }
      return undefined
    }
    const moveTo = (id: unknown): void => {
      const cursor = toId(id)
      if (cursor !== undefined && progress._tag === "Following") progress = { _tag: "Following", cursor }
    }

    const load = (id: string | undefined): Effect.Effect<void> => {
      const lack = (message: string, cause?: unknown) =>
        Effect.sync(() => session().report(new Gap({ message, id, cause })))
      if (onGap === undefined)
        return lack("the server no longer has what was missed: load the state anew (onGap of resume)")
      progress = { _tag: "Lacking" }
      return Effect.matchCauseEffect(
        outcomeOf(() => onGap({ id })),
        {
          onFailure: (cause) => {
            const error = Cause.squash(cause)
            return lack(`onGap of resume could not load the state: ${why(error)}`, error)
          },
          onSuccess: (given) =>
            Effect.sync(() => {
              const cursor = toId(given) ?? id
              progress = { _tag: "Following", cursor }
              if (cursor === id) return
              // The server knows what came behind it.
              loaded = dials
              redial()
            }),
        },
      )
    }

    /** Returns the message of a frame. It is interrupted if the program gets none. */
    const read = (frame: unknown): Effect.Effect<A, DecodeError> => {
      const dial = dials
      const text = Effect.catchCause(textOf(frame), () => Effect.undefined)
      return Effect.flatMap(text, (text) => {
        if (dial <= loaded) return Effect.interrupt
        const resync = resyncOf(text)
        if (resync === undefined)
          return Effect.map(decode(frame), (message) => {
            moveTo(idOf === undefined ? givenId(text) : guard(() => idOf(message, frame), undefined))
            return message
          })
        const work = resync.isNeeded ? load(toId(resync.id)) : Effect.sync(() => moveTo(resync.id))
        return Effect.andThen(work, Effect.interrupt)
      })
    }

    const decoded = Effect.callback<void>((resume) => session().afterDecoding(() => resume(Effect.void)))
    return {
      // What came over the socket before counts as far as it is decoded.
      url: Effect.map(Effect.tap(url, decoded), (url) => {
        dials++
        if (progress._tag === "Lacking") progress = { _tag: "Following", cursor: undefined }
        return withParameter(url, param, progress.cursor)
      }),
      receive: (frame) => {
        const isTaken = session().receive(frame, Effect.provideContext(read(frame), context))
        // The server still has it.
        if (!isTaken) redial()
      },
    }
  }

  return {
    get cursor() {
      return progress.cursor
    },
    attach,
  }
}

const outcomeOf = (load: () => Loading): Effect.Effect<unknown, unknown> =>
  Effect.suspend(() => {
    const loading = load()
    return Effect.isEffect(loading)
      ? (loading as Effect.Effect<unknown, unknown>)
      : Effect.tryPromise({ try: async () => loading, catch: (cause) => cause })
  })

/** A URL with a parameter, in place of one of that name. The rest of it stays as it is written. */
const withParameter = (url: string, name: string, value: string | undefined): string => {
  const [address = "", query = ""] = url.split(/\?(.*)/s)
  const pairs = query.split("&").filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name)
  if (value !== undefined) pairs.push(`${name}=${value}`)
  return pairs.length === 0 ? address : `${address}?${pairs.join("&")}`
}
