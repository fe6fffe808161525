/** The typed client for programs without Effect: promises, async iteration, listeners. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import * as Stream from "effect/Stream"
import type { RequestOptions } from "./Client.ts"
import { type Options as DialOptions, dial } from "./dial.ts"
import type { Events, Exchange } from "./Exchange.ts"
import * as Standard from "./Standard.ts"
import type { State } from "./State.ts"
import type { UrlLike } from "./Url.ts"

/** An `AbortSignal`, as far as it needs to be known. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: "abort", listener: () => void, options: { once: boolean }): void
  removeEventListener(type: "abort", listener: () => void): void
}

export interface Options<Out, In> extends Omit<DialOptions, "url"> {
  /** The schema of what is sent: it checks what goes out, and may make another thing of it. Default: any JSON. */
  readonly outgoing?: StandardSchemaV1<Out, unknown> | undefined
  /** The schema of what comes. Default: any JSON. */
  readonly incoming?: StandardSchemaV1<unknown, In> | undefined
  /** `json`: messages are JSON text (the default). `raw`: they are the frames themselves, strings or bytes. */
  readonly format?: "json" | "raw" | undefined
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignalLike | undefined
}

/** Where to dial: fixed, or found out before every dial. What the function throws is a failed attempt. */
export type Url = string | UrlLike | (() => string | UrlLike | PromiseLike<string | UrlLike>)

/** Aborted, a message that was not written is taken back, and an answer not waited for any longer. */
export interface Abortable {
  readonly signal?: AbortSignalLike | undefined
}

/** A connection whose messages are typed and checked in both directions. Promises are rejected with its errors. */
export interface Connected<in Out, out In> extends AsyncDisposable {
  readonly state: State
  /** Fulfilled when the connection is open; rejected when it is over. */
  awaitOpen(options?: Abortable): Promise<void>
  /** Fulfilled when the message was written to the socket: now, or when there is a connection. */
  send(message: Out, options?: Abortable): Promise<void>
  /** Sends and looks no further. Throws `EncodeError`; any other failure is a `problem`. */
  sendUnsafe(message: Out): void
  /** Sends, and is fulfilled with the message that answers. */
  request<Answer extends In = In>(
    message: Out,
    options: RequestOptions<In, Answer, boolean> & Abortable,
  ): Promise<Answer>
  /**
   * What comes, for any number of loops, each with a buffer of its own. Ends when this side closes the connection or
   * the peer does with 1000, and throws when it is over otherwise. Retries are not the end.
   */
  readonly messages: AsyncIterable<In>
  /** Calls `listener` in the turn of the event; answers how to stop that. */
  on<Type extends keyof Events<In>>(type: Type, listener: (event: Events<In>[Type]) => void): () => void
  /** Dials at once, whatever the state: an open socket is replaced, a pending retry cancelled. */
  reconnect(): void
  /** Closes for good. Fulfilled when that is done, at the latest after `closeTimeout`. */
  close(code?: number, reason?: string): Promise<void>
}

/**
 * Connects, and dials again until it is closed. Answers at once: messages wait until the connection is open. Throws
 * `InvalidUrl` for a URL that cannot be one.
 *
 * *Example*
 *
 * ```ts
 * const chat = connect("wss://example.org/chat", { outgoing: z.object({ text: z.string() }), incoming: Said })
 * await chat.send({ text: "Hello" })
 * for await (const { by, text } of chat.messages) console.log(`${by}: ${text}`)
 * ```
 */
export const connect = <Out = unknown, In = unknown>(
  url: Url,
  options: Options<Out, In> = {},
): Connected<Out, In> => {
  const { format = "json", incoming, outgoing, signal } = options
  const scope = Scope.makeUnsafe()
  const exchange: Exchange<Out, In> = Effect.runSync(
    dial(Standard.codec(outgoing, incoming, format), {
      ...options,
      url: typeof url === "function" ? Effect.tryPromise({ try: async () => url(), catch: same }) : url,
    }).pipe(Scope.provide(scope)),
  )
  const release = Scope.close(scope, Exit.void)
  if (signal?.aborted) Effect.runFork(release)
  else if (signal !== undefined) {
    const abort = () => void Effect.runFork(release)
    signal.addEventListener("abort", abort, { once: true })
    Effect.runSync(
      Scope.addFinalizer(
        scope,
        Effect.sync(() => signal.removeEventListener("abort", abort)),
      ),
    )
  }
  const close = (code?: number, reason?: string): Promise<void> =>
    run(Effect.andThen(exchange.close(code, reason), release))

  return {
    get state() {
      return exchange.state
    },
    awaitOpen: (options) => run(exchange.awaitOpen, options),
    send: (message, options) => run(exchange.send(message), options),
    sendUnsafe: exchange.sendUnsafe,
    request: (message, options) => run(exchange.request(message, options), options),
    messages: Stream.toAsyncIterable(exchange.messages),
    on: exchange.on,
    reconnect: () => Effect.runSync(exchange.reconnect),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

const same = (cause: unknown): unknown => cause

/** Rejects with the error of the effect itself, or with the reason of the signal. */
const run = async <A, E>(effect: Effect.Effect<A, E>, { signal }: Abortable = {}): Promise<A> => {
  if (signal?.aborted) throw signal.reason
  const exit = await Effect.runPromiseExit(effect, { signal: signal as never })
  if (Exit.isSuccess(exit)) return exit.value
  throw signal?.aborted && Cause.hasInterruptsOnly(exit.cause) ? signal.reason : Cause.squash(exit.cause)
}
