/** Sends the values of elements with `hx-ws:send` on htmx 4. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decodePayload } from "../../core/Payload.ts"
import { encode, tryDecode } from "../Form.ts"
import { unsent } from "../notices.ts"
import { done } from "../Runtime.ts"
import type { Answer, Carrier } from "./Carrier.ts"
import { type Collected, collect } from "./collect.ts"
import type { Api4, RequestContext4 } from "./HtmxApi.ts"
import type { Outgoing, Queued } from "./WsConnection.ts"

/** What a sender uses of its page. */
export interface SenderEnvironment {
  readonly api: Api4
  /** Returns the connection of the nearest connect element around this one, or, if that has none, its URL. */
  around(element: Element): Carrier | string | undefined
  /** Whether an element is in one whose content htmx leaves alone. */
  isIgnored(element: Element): boolean
  /** Whether the element sends as htmx 2 does. */
  isOld(element: Element): boolean
}

/**
 * Sends the values of an element, or dispatches the error that it cannot. Asks the question of `hx-confirm` first, unless
 * the user has agreed already. `confirmedIn` is the connection around the element at that time, which it may have left.
 */
export const send = (
  page: SenderEnvironment,
  element: Element,
  event: Event,
  confirmedIn?: ReturnType<SenderEnvironment["around"]> | null,
): void => {
  const { api } = page
  if (page.isIgnored(element)) return
  // Looked up each time: a form may have moved into another connection.
  const carrier = page.around(element) || confirmedIn || null
  const old = page.isOld(element)
  const fail = (error: unknown): void => {
    if (carrier instanceof Object) carrier.fail(element, error)
    else api.triggerHtmxEvent(element, "htmx:ws:error", { url: carrier, error })
  }
  try {
    const context = api.createRequestContext(element, event)
    if (context.confirm && confirmedIn === undefined) {
      ask(api, context, context.confirm).then((agrees) => agrees && send(page, element, event, carrier), fail)
      return
    }
    const collected = collect(api, element, event, context, old)
    if (!(carrier instanceof Object)) {
      if (api.triggerHtmxEvent(element, "htmx:ws:unsent", { ...collected }))
        fail(carrier === null ? "No WebSocket connection found for element" : "Connection not open")
    } else if (collected !== undefined) {
      carrier.accept(
        queuedOf(element, collected.message),
        () => prepare(carrier, element, collected, old),
        () => {},
      )
    }
  } catch (error) {
    fail(error)
  }
}

/** Asks the question of `hx-confirm` as htmx does before a request. Resolves with whether to send. */
const ask = (api: Api4, ctx: RequestContext4, question: string): Promise<unknown> =>
  new Promise((resolve) => {
    const { sourceElement } = ctx
    const detail = { ctx, issueRequest: () => resolve(true), dropRequest: () => resolve(false) }
    if (!api.triggerHtmxEvent(sourceElement, "htmx:confirm", detail)) return
    const code = question.replace(/^(?:js|javascript):/, "")
    resolve(code === question ? confirm(code) : api.executeJavaScript(sourceElement, { ctx }, code))
  })

/** Sends a message of a program for an element. */
export const post = (carrier: Carrier, queued: Queued, answer: Answer): void => {
  const { element, message } = queued
  carrier.accept(queued, () => prepare(carrier, element, { message, pending: [] }, carrier.isOld), answer)
}

/** Makes a message of the page. Listeners may set its `settle` until it ends. */
export const queuedOf = (element: Element, message: Outgoing): Queued => ({
  element,
  message,
  settle: (ending) => message.settle?.(ending),
})

/** Waits for promises without a limit: a user may think about a dialog for a minute. */
const settling = (waiting: ReadonlyArray<unknown>): Effect.Effect<unknown, unknown> =>
  waiting.length > 0 ? done(Promise.all(waiting)) : Effect.void

/** Completes a message, and dispatches its event. Succeeds with whether to send it. */
const prepare = (
  carrier: Carrier,
  element: Element,
  { message, pending }: Collected,
  isOld: boolean,
): Effect.Effect<boolean, unknown> =>
  Effect.flatMapEager(settling(pending), () => {
    // The JSON has the headers under this name.
    if (!isOld) delete message.values.headers
    const asked = carrier.ask(element, "htmx:ws:before:message:outgoing", { message }, settling)
    return Effect.flatMapEager(asked, (agrees) => {
      if (!agrees) return Effect.succeed(false)
      const { headers, values } = message
      const data = tryDecode(() =>
        message.data != null
          ? decodePayload(message.data)
          : encode(isOld ? { parameters: values, headers } : { parameters: { ...values, headers } }),
      )
      if (Result.isFailure(data)) return Effect.fail(new TypeError(unsent(element, data.failure)))
      message.data = data.success
      return Effect.succeed(true)
    })
  })
