/** Parts of the details of events: the browser's own event, and `waitUntil`. */
import * as Effect from "effect/Effect"
import { inWords } from "../core/inWords.ts"
import { DialError, type SocketClosed, type SocketEvent } from "../core/Socket.ts"
import { run } from "./Runtime.ts"

/** Returns the browser's event, or makes one if this side abandoned the socket. */
export const closeEventOf = ({ code, event, reason, wasClean }: SocketClosed): SocketEvent =>
  event ?? new CloseEvent("close", { code, reason, wasClean })

/** The `waitUntil` of an event, and what its listeners have passed to it. */
export interface Waits {
  readonly waiting: ReadonlyArray<unknown>
  readonly waitUntil: (promise: unknown) => void
}

export const makeWaits = (): Waits => {
  const waiting: Array<unknown> = []
  return { waiting, waitUntil: (promise) => void waiting.push(promise) }
}

/** Makes the error of a failed attempt to connect. */
export const toDialError = (message: string, cause?: unknown): DialError => new DialError({ message, cause })

/**
 * Waits for the promises that listeners of the event `name` have passed to `waitUntil`. Succeeds in the same turn if there
 * are none. Fails with `toError` if one rejects, or if they take longer than `timeout` (milliseconds). With `onLate`,
 * calls that after `timeout` and goes on waiting.
 */
export const awaitListeners = <E>(
  name: string,
  waiting: ReadonlyArray<unknown>,
  timeout: number,
  toError: (message: string, cause?: unknown) => E,
  onLate?: (message: string) => void,
): Effect.Effect<unknown, E> =>
  waiting.length === 0
    ? Effect.void
    : Effect.callback((resume) => {
        const fail = (message: string, cause?: unknown): void => resume(Effect.fail(toError(message, cause)))
        const late = run(
          Effect.delay(
            Effect.sync(() =>
              (onLate ?? fail)(`waitUntil of ${name} did not settle within ${timeout} ms (waitTimeout)`),
            ),
            timeout,
          ),
        )
        const clear = (): void => late.interruptUnsafe()
        Promise.all(waiting)
          .then(
            () => resume(Effect.void),
            (cause) => fail(`waitUntil of ${name} rejected: ${inWords(cause)}`, cause),
          )
          .finally(clear)
        return Effect.sync(clear)
      })
