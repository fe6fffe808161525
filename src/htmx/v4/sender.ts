/** What an element with `hx-ws:send` does on htmx 4. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decodePayload } from "../../core/Payload.ts"
import { done } from "../awaitListeners.ts"
import { describeElement } from "../elements.ts"
import { encode } from "../Form.ts"
import { type Collected, collect } from "./collect.ts"
import type { ElementConnection } from "./ElementConnection.ts"
import type { Api4 } from "./HtmxApi.ts"
import type { Answer } from "./Sending.ts"
import type { Queued } from "./WsConnection.ts"

/** What a sender works with. */
export interface Surroundings {
  readonly api: Api4
  /** The connection of the nearest element around this one that is to be connected; its URL if it has none. */
  readonly around: (element: Element) => ElementConnection | string | undefined
  /** Whether the element speaks the wire of htmx 2. */
  readonly isOld: (element: Element) => boolean
}

/** Sends what an element has to say, or tells why it does not. */
export const send = ({ api, around, isOld }: Surroundings, element: Element, event: Event): void => {
  // Looked up now and never remembered: a form that was kept may be in another connection by now.
  const owner = around(element) || null
  if (typeof owner === "string" || owner === null) {
    const error = owner === null ? "No WebSocket connection found for element" : "Connection not open"
    api.triggerHtmxEvent(element, "htmx:ws:error", { url: owner, error })
    return
  }
  const old = isOld(element)
  try {
    const collected = collect(api, element, event, old)
    if (collected === undefined) return
    const { message } = collected
    owner.accept(
      { element, message },
      () => prepare(owner, element, collected, old),
      () => {},
    )
  } catch (error) {
    owner.fail(element, error)
  }
}

/** Sends what a program has to say for the element of a connection. */
export const post = (owner: ElementConnection, queued: Queued, answer: Answer): void => {
  const { element, message } = queued
  owner.accept(queued, () => prepare(owner, element, { message, pending: [] }, owner.isOld), answer)
}

/** For as long as it takes: a user may think about a dialog for a minute. */
const settling = (waiting: ReadonlyArray<unknown>): Effect.Effect<unknown, unknown> =>
  done(Promise.all(waiting))

/** Completes a message and shows it to the page; succeeds with whether it shall be sent. */
const prepare = Effect.fnUntracedEager(function* (
  owner: ElementConnection,
  element: Element,
  { message, pending }: Collected,
  isOld: boolean,
) {
  if (pending.length > 0) yield* settling(pending)
  // They would be lost: the request's own go there.
  if (!isOld) delete message.values.headers
  if (!(yield* owner.ask(element, "htmx:ws:before:message:outgoing", { message }, settling))) return false
  const { headers, values } = message
  const data =
    message.data != null
      ? decodePayload(message.data)
      : isOld
        ? encode({ parameters: values, headers })
        : encode({ parameters: { ...values, headers }, headers: undefined })
  if (Result.isFailure(data)) {
    return yield* Effect.fail(
      new TypeError(`${describeElement(element)}: ${data.failure}; nothing was sent.`),
    )
  }
  message.data = data.success
  return true
})
