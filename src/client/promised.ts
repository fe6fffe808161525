/** The client for programs without Effect: promises, async iteration, listeners. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Opening as EffectOpening, RequestOptions } from "./Client.ts"
import { check, type Reader } from "./check.ts"
import type { Events, Session } from "./Session.ts"
import type { State } from "./State.ts"

/** The members of an `AbortSignal` that are used. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: "abort", listener: () => void, options: { once: boolean }): void
  removeEventListener(type: "abort", listener: () => void): void
}

const abortSignal: Reader<AbortSignalLike> = {
  expected: "an AbortSignal",
  read: (value) => {
    const signal = value as AbortSignalLike
    return typeof signal.aborted === "boolean" && typeof signal.addEventListener === "function"
      ? signal
      : undefined
  },
}

/** Options of a call that waits. */
export interface Abortable {
  /** Rejects the call with the signal's reason. A message that was not written leaves the queue. */
  readonly signal?: AbortSignalLike | undefined
}

/**
 * A connection whose messages are typed and checked in both directions. Its promises are rejected with the failures of
 * `WsClient`.
 */
export interface Connected<in Out, out In, out Veto = never> extends AsyncDisposable {
  /** The current state. */
  readonly state: State
  /** Fulfilled when the connection is open. Rejected with `ConnectionClosed` or `RetriesExhausted` when it is over. */
  awaitOpen(options?: Abortable): Promise<void>
  /** Sends a message. Fulfilled when it was written to the socket: at once, or when there is a connection. */
  send(message: Out, options?: Abortable): Promise<void>
  /** Sends a message without waiting. Throws `EncodeError`; any other failure is a `problem`. */
  post(message: Out): void
  /** Sends a message. Fulfilled with its answer. */
  request<Answer extends In = In>(
    message: Out,
    options: RequestOptions<In, Answer, boolean, unknown> & Abortable,
  ): Promise<Answer>
  /**
   * Every message, for any number of loops, each with a buffer of its own. Ends if this side closes the connection, or the
   * peer does with 1000. Throws `ConnectionClosed` or `RetriesExhausted` if it is over otherwise.
   *
   * **Gotchas**
   *
   * A loop that breaks loses what is in its buffer, as one over `events.on` or a `ReadableStream` does. To continue later,
   * keep the iterator, `messages[Symbol.asyncIterator]()`, and call its `next()`.
   */
  readonly messages: AsyncIterable<In>
  /** Calls `listener` in the turn of each event. Returns a function that removes it. */
  on<Type extends keyof Events<In>>(type: Type, listener: (event: Events<In, Veto>[Type]) => void): () => void
  /** Dials at once, in any state. Replaces an open socket, and cancels a pending retry. */
  reconnect(): void
  /** Closes for good. Fulfilled when the socket has closed, at the latest after `closeTimeout`. */
  close(code?: number, reason?: string): Promise<void>
}

/** A connection that has just opened, before anything that waits is sent. */
export interface Opening<in Out, in out In> {
  /** How many dials there were since the connection was last open, from 0. */
  readonly attempt: number
  /** The subprotocol that the peer has chosen; empty if none. */
  readonly protocol: string
  /** Sends a message before all that wait. */
  send(message: Out): Promise<void>
  /** Sends a message before all that wait. Fulfilled with its answer. */
  request<Answer extends In = In>(
    message: Out,
    options: RequestOptions<In, Answer, false, unknown>,
  ): Promise<Answer>
}

export const promisedOpening = <Out, In>(opening: EffectOpening<Out, In>): Opening<Out, In> => ({
  attempt: opening.attempt,
  protocol: opening.protocol,
  send: (message) => run(opening.send(message)),
  request: (message, options) => run(opening.request(message, options)),
})

/** Makes a client of promises. Closing it closes its scope. */
export const promised = <Out, In, Veto>(
  session: Session<Out, In, Veto>,
  scope: Scope.Closeable,
  dispose: (client: Connected<Out, In, Veto>) => Promise<void>,
): Connected<Out, In, Veto> => {
  const release = Scope.close(scope, Exit.void)
  const client: Connected<Out, In, Veto> = {
    get state() {
      return session.state
    },
    awaitOpen: (options) => run(session.awaitOpen, options),
    send: (message, options) => run(session.send(message), options),
    post: session.sendUnsafe,
    request: async (message, options) => run(session.request(message, options), options),
    messages: serialized(Stream.toAsyncIterable(session.messages)),
    on: session.on,
    reconnect: () => Effect.runSync(session.reconnect),
    close: (code, reason) => run(Effect.andThen(session.close(code, reason), release)),
    [Symbol.asyncDispose]: () => dispose(client),
  }
  return client
}

/** Serializes calls of `next`, as generators do: each gets the value after that of the call before. */
const serialized = <A>(iterable: AsyncIterable<A>): AsyncIterable<A> => ({
  [Symbol.asyncIterator]() {
    const iterator = iterable[Symbol.asyncIterator]()
    let last: Promise<unknown> = Promise.resolve()
    return {
      ...iterator,
      next() {
        const result = last.then(() => iterator.next())
        last = result.catch(() => {})
        return result
      },
    }
  },
})

/** Makes a scope that closes when the signal is aborted. Throws a `TypeError` if it is not an `AbortSignal`. */
export const scopeUntil = (signal: AbortSignalLike | undefined): Scope.Closeable => {
  check("signal", abortSignal, signal, undefined)
  const scope = Scope.makeUnsafe()
  const release = () => void Effect.runFork(Scope.close(scope, Exit.void))
  if (signal?.aborted) release()
  else if (signal !== undefined) {
    signal.addEventListener("abort", release, { once: true })
    const forget = Effect.sync(() => signal.removeEventListener("abort", release))
    Effect.runSync(Scope.addFinalizer(scope, forget))
  }
  return scope
}

/** Runs an effect. Rejected with its own error, or with the reason of the signal. */
export const run = async <A, E>(effect: Effect.Effect<A, E>, { signal }: Abortable = {}): Promise<A> => {
  check("signal", abortSignal, signal, undefined)
  if (signal?.aborted) throw signal.reason
  const exit = await Effect.runPromiseExit(effect, { signal: signal as never })
  if (Exit.isSuccess(exit)) return exit.value
  throw signal?.aborted && Cause.hasInterruptsOnly(exit.cause) ? signal.reason : Cause.squash(exit.cause)
}
