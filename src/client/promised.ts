/** A client for programs without Effect: promises, async iteration, listeners. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RequestOptions } from "./Client.ts"
import type { Events, Session } from "./Session.ts"
import type { State } from "./State.ts"

/** An `AbortSignal`, as far as it needs to be known. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: "abort", listener: () => void, options: { once: boolean }): void
  removeEventListener(type: "abort", listener: () => void): void
}

/** Aborted, a message that was not written is taken back, and an answer not waited for any longer. */
export interface Abortable {
  readonly signal?: AbortSignalLike | undefined
}

/** A connection whose messages are typed and checked in both directions. Promises are rejected with its errors. */
export interface Connected<in Out, out In, out Veto = never> extends AsyncDisposable {
  readonly state: State
  /** Fulfilled when the connection is open; rejected when it is over. */
  awaitOpen(options?: Abortable): Promise<void>
  /** Fulfilled when the message was written to the socket: now, or when there is a connection. */
  send(message: Out, options?: Abortable): Promise<void>
  /** Sends and looks no further. Throws `EncodeError`; any other failure is a `problem`. */
  post(message: Out): void
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
  on<Type extends keyof Events<In>>(type: Type, listener: (event: Events<In, Veto>[Type]) => void): () => void
  /** Dials at once, whatever the state: an open socket is replaced, a pending retry cancelled. */
  reconnect(): void
  /** Closes for good. Fulfilled when that is done, at the latest after `closeTimeout`. */
  close(code?: number, reason?: string): Promise<void>
}

/** A client of promises, which closes its scope when it is closed. */
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
    messages: Stream.toAsyncIterable(session.messages),
    on: session.on,
    reconnect: () => Effect.runSync(session.reconnect),
    close: (code, reason) => run(Effect.andThen(session.close(code, reason), release)),
    [Symbol.asyncDispose]: () => dispose(client),
  }
  return client
}

/** A scope that closes when the signal is aborted. */
export const scopeUntil = (signal: AbortSignalLike | undefined): Scope.Closeable => {
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

/** Rejects with the error of the effect itself, or with the reason of the signal. */
export const run = async <A, E>(effect: Effect.Effect<A, E>, { signal }: Abortable = {}): Promise<A> => {
  if (signal?.aborted) throw signal.reason
  const exit = await Effect.runPromiseExit(effect, { signal: signal as never })
  if (Exit.isSuccess(exit)) return exit.value
  throw signal?.aborted && Cause.hasInterruptsOnly(exit.cause) ? signal.reason : Cause.squash(exit.cause)
}
