/**
 * Sends messages one at a time: takes one out of the outbox, writes it, and puts it back if it could not be written.
 */

import type { Socket } from "./dial.ts"
import { guard } from "./guard.ts"
import { type Hooks, WriteError } from "./Hooks.ts"
import { inWords } from "./inWords.ts"
import type * as Outbox from "./Outbox.ts"

/**
 * What became of a message: written; discarded by `beforeSend`; refused, since `beforeSend` or the socket threw; or
 * unsent, since there was no writable socket.
 */
export type Outcome = "written" | "discarded" | "refused" | "unsent"

export class Sender<A> {
  readonly #outbox: Outbox.Outbox<A>
  readonly #hooks: Hooks<A>
  readonly #socket: () => Socket | undefined
  /** The message that is being sent; `"none"` between two of them. */
  #inFlight: Outbox.Entry<A> | "none" | undefined

  /** `socket` returns the socket that messages can be written to now. */
  constructor(outbox: Outbox.Outbox<A>, hooks: Hooks<A>, socket: () => Socket | undefined) {
    this.#outbox = outbox
    this.#hooks = hooks
    this.#socket = socket
  }

  /** Sends a message after those that wait, or queues it behind them if there is no writable socket. */
  send(message: A): void {
    const waits = this.#outbox.size > 0
    if (waits && this.#socket() === undefined) this.#outbox.push(message)
    else {
      this.#outbox.append(message)
      this.#loop(waits)
    }
  }

  /** Sends the messages that wait, and those that are added meanwhile, until one cannot be written. */
  drain(): void {
    this.#loop(true)
  }

  /** Sends a message before those that wait. It is lost unless it was written. */
  sendNow(message: A): Outcome {
    return this.#write(message, false)
  }

  /** Closes the outbox. A message that is being sent is dropped with those that wait, unless it has been written. */
  end(): void {
    const entry = this.#inFlight
    this.#inFlight = "none"
    if (typeof entry === "object") this.#outbox.putBack(entry)
    this.#outbox.close()
  }

  #loop(waits: boolean): void {
    // A message from inside a listener is sent by the loop that called the listener.
    if (this.#inFlight !== undefined) return
    let waited = waits
    for (let entry = this.#outbox.take(); entry !== undefined; entry = this.#outbox.take()) {
      this.#inFlight = entry
      const outcome = this.#write(entry.message, waited, entry)
      waited = true
      // It was written, or a listener has ended the connection, which has dropped it.
      if (this.#inFlight !== entry || outcome === "discarded") continue
      this.#inFlight = "none"
      if (outcome === "refused" && entry.refused) this.#outbox.drop([entry], outcome)
      else {
        entry.refused ||= outcome === "refused"
        this.#outbox.putBack(entry)
        break
      }
    }
    this.#inFlight = undefined
    this.#outbox.trim()
  }

  #write(message: A, waited: boolean, entry?: Outbox.Entry<A>): Outcome {
    if (this.#socket() === undefined) return "unsent"
    const payload = guard(() => this.#hooks.beforeSend(message, waited), null)
    if (payload === null) return "refused"
    if (payload === undefined) return "discarded"
    // A listener may have closed the socket.
    const socket = this.#socket()
    if (socket === undefined) return "unsent"
    try {
      socket.send(payload)
    } catch (cause) {
      const error = new WriteError({ message: `the socket refused a message: ${inWords(cause)}`, cause })
      guard(() => this.#hooks.onError(error, message))
      return "refused"
    }
    if (entry) this.#inFlight = "none"
    guard(() => this.#hooks.afterSend(message))
    return "written"
  }
}
