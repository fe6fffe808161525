/**
 * Resumes after a lost connection: each dial of a client names the id of the last message that was decoded, and the server
 * sends those after it. A program that does not use it does not load it.
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

/** The program missed messages that the server no longer has, and has not loaded the state that they led to. */
export class Gap extends Data.TaggedError("Gap")<{
  readonly message: string
  /** The id of the newest message when the server reported the gap. */
  readonly id: string | undefined
  /** Why `onGap` failed, if it did. */
  readonly cause: unknown
}> {}

/** A message has an invalid id, which is ignored. */
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
   * The id of the last message that the program handled in an earlier run.
   *
   * @default undefined
   */
  readonly cursor?: string | undefined
  /**
   * The parameter of the URL that holds the id.
   *
   * @default "last-id"
   */
  readonly param?: string | undefined
  /**
   * Returns the id of a message, for other formats; `undefined` if it has none. By default it is `<!--id:7f-42-->` at the
   * start of HTML, or `id` of a JSON object.
   */
  readonly idOf?: ((message: In, frame: unknown) => string | undefined) | undefined
  /**
   * Loads the whole state. Called when the server no longer has what the program missed (`{"HX-Resync": true}`); `id` is
   * that of the newest message. Later messages wait until the effect or promise has succeeded. If it succeeds with the id of
   * what was loaded (`HX-Last-ID` of a response), they continue after that. If it fails, or there is no `onGap`, `problems`
   * emits a `Gap`.
   */
  readonly onGap?: ((gap: { readonly id: string | undefined }) => Loading) | undefined
}

/** How far a program has got in the messages of its server. It is for one client at a time. */
export interface Resume<in In = unknown> {
  /**
   * The id of the last message that was decoded; `undefined` before the first, and while messages are missing.
   *
   * **Gotchas**
   *
   * Subscribers may not have read that message yet. For a later run of the program, save the id of the last message that
   * was handled.
   */
  readonly cursor: string | undefined
  /** @internal */
  readonly connect: <A extends In>(client: Resumable<A>) => Wiring
}

/** The URL that a client dials, and its handler of frames. */
export interface Wiring {
  readonly url: Effect.Effect<string, unknown>
  readonly receive: (frame: unknown) => void
}

/** The members of a client that are used. */
export interface Resumable<in out In> {
  readonly url: Wiring["url"]
  readonly decode: (frame: unknown) => Effect.Effect<In, DecodeError>
  readonly context: Context.Context<never>
  /** Must not be called before the first dial. */
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
  | { readonly _tag: "Incomplete"; readonly cursor?: undefined }

const ids = "1 to 128 letters, digits and _ . : , ~ -"
const anId: Reader<string> = {
  expected: ids,
  read: (value) => (isId(value) ? value : undefined),
}
const aParameter: Reader<string> = {
  expected: "the name of a parameter: letters, digits and _ . ~ -",
  read: (value) => (typeof value === "string" && /^[\w.~-]+$/.test(value) ? value : undefined),
}

/** Makes the value of the option `resume`. Throws a `TypeError` if an option can never work. */
export const make = <In = unknown>(options: Options<In> = {}): Resume<In> => {
  const param = check("param", aParameter, options.param, "last-id")
  const idOf = check("idOf", aFunction, options.idOf, undefined) as Options<In>["idOf"]
  const onGap = check("onGap", aFunction, options.onGap, undefined) as Options<In>["onGap"]
  let progress: Progress = {
    _tag: "Following",
    cursor: check("cursor", anId, options.cursor, undefined),
  }

  const connect = <A extends In>({ context, decode, reconnect, session, url }: Resumable<A>): Wiring => {
    let dials = 0
    /** The number of the last dial whose messages are part of the state that was loaded. */
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
      const reportGap = (message: string, cause?: unknown) =>
        Effect.sync(() => session().report(new Gap({ message, id, cause })))
      if (onGap === undefined)
        return reportGap("the server no longer has what was missed: load the state anew (onGap of resume)")
      progress = { _tag: "Incomplete" }
      return Effect.matchCauseEffect(
        outcomeOf(() => onGap({ id })),
        {
          onFailure: (cause) => {
            const error = Cause.squash(cause)
            return reportGap(`onGap of resume could not load the state: ${why(error)}`, error)
          },
          onSuccess: (given) =>
            Effect.sync(() => {
              const cursor = toId(given) ?? id
              progress = { _tag: "Following", cursor }
              if (cursor === id) return
              // The server still has what came after it.
              loaded = dials
              redial()
            }),
        },
      )
    }

    /** Returns the message of a frame. It is interrupted if the frame has none for the program. */
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
      // Wait until the frames of the socket before are decoded.
      url: Effect.map(Effect.tap(url, decoded), (url) => {
        dials++
        if (progress._tag === "Incomplete") progress = { _tag: "Following", cursor: undefined }
        return withParameter(url, param, progress.cursor)
      }),
      receive: (frame) => {
        const isTaken = session().receive(frame, Effect.provideContext(read(frame), context))
        // There was no room for the frame, but the server still has it.
        if (!isTaken) redial()
      },
    }
  }

  return {
    get cursor() {
      return progress.cursor
    },
    connect,
  }
}

const outcomeOf = (load: () => Loading): Effect.Effect<unknown, unknown> =>
  Effect.suspend(() => {
    const loading = load()
    return Effect.isEffect(loading)
      ? (loading as Effect.Effect<unknown, unknown>)
      : Effect.tryPromise({ try: async () => loading, catch: (cause) => cause })
  })

/** Returns a URL with a parameter, in place of those with its name. The rest stays as it is written. */
const withParameter = (url: string, name: string, value: string | undefined): string => {
  const [address = "", query = ""] = url.split(/\?(.*)/s)
  const pairs = query.split("&").filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name)
  if (value !== undefined) pairs.push(`${name}=${value}`)
  return pairs.length === 0 ? address : `${address}?${pairs.join("&")}`
}
