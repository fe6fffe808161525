/** Sends the values of elements with `ws-send` on htmx 1.9 and 2. */
import * as Result from "effect/Result"
import { isOnPage } from "../elements.ts"
import { encode, tryDecode } from "../Form.ts"
import { unsent } from "../notices.ts"
import { collect } from "./collect.ts"
import type { Api2, TriggerSpec2 } from "./HtmxApi.ts"

/** What a sender uses of its page. */
export interface SenderEnvironment {
  readonly api: Api2
  /** Whether the extension is on for an element. */
  isOn(element: Element): boolean
  /** Whether an element is in one whose content htmx leaves alone. */
  isDisabled(element: Element): boolean
  /** Returns the connect element of a sender, if there is one. It may be another each time: forms move. */
  connectElementOf(sender: Element): Element | undefined
  /** Returns the target that an htmx request of the sender would have. */
  targetOf(sender: Element, connectElement: Element): Element | null | undefined
}

/** Makes an element send when it is triggered. Calling it again has no effect. */
export const attachSender = (page: SenderEnvironment, element: Element): void => {
  const { api } = page
  const data = api.getInternalData(element)
  if (data.wsSend !== undefined || !page.isOn(element)) return
  // htmx clears this when it removes the handlers.
  const attached = {}
  data.wsSend = attached
  for (const spec of api.getTriggerSpecs(element)) {
    api.addTriggerHandler(element, withDefaultPrevented(page, element, spec), data, (_, event) => {
      // A trigger still sends if its element has left meanwhile, but not a poll that outlives its element.
      const isForgotten = api.getInternalData(element).wsSend !== attached
      if (!isForgotten || !(spec.pollInterval || spec.trigger === "load")) send(page, element, event)
    })
  }
}

/**
 * Returns the trigger with a filter that prevents the default of its events. htmx calls the filter in the turn of an event,
 * also if it listens on another element, or triggers later.
 */
const withDefaultPrevented = (
  page: SenderEnvironment,
  element: Element,
  spec: TriggerSpec2,
): TriggerSpec2 => {
  const { eventFilter, target } = spec
  const filter = (event: Event): boolean => {
    if (eventFilter !== undefined && eventFilter.call(element, event) !== true) return false
    const isForTarget = !target || (event.target as Partial<Element> | null)?.matches?.(target) !== false
    if (isForTarget && !page.isDisabled(element) && hasDefault(page.api, element, event))
      event.preventDefault()
    return true
  }
  return { ...spec, eventFilter: Object.assign(filter, { source: eventFilter?.source }) }
}

/** Whether an event has a default to prevent. `shouldCancel` misses image buttons, and in older htmx any outside its form. */
const hasDefault = (api: Api2, element: Element, event: Event): boolean => {
  const { form, type } = element as Partial<HTMLInputElement>
  return (
    event.type === "submit" ||
    api.shouldCancel(event, element) ||
    (event.type === "click" && form != null && /^(submit|image)$/.test(type ?? ""))
  )
}

/** Sends the values of an element, or dispatches the error that it cannot. Asks the question of `hx-confirm` first. */
const send = (
  page: SenderEnvironment,
  element: Element,
  event: Event | undefined,
  isConfirmed = false,
): void => {
  const { api } = page
  if (page.isDisabled(element)) return
  const connectElement = page.connectElementOf(element)
  // It may also be that of another htmx on the page, the bare WebSocket of 1.9's own `hx-ws`, or patched by the page.
  const webSocket = connectElement && api.getInternalData(connectElement).webSocket
  const socketWrapper = webSocket?.publicInterface
  const at = connectElement === undefined || isOnPage(element) ? element : connectElement
  const fail = (reason: string): void =>
    api.triggerErrorEvent(at, "htmx:wsError", { error: new Error(unsent(element, reason)), socketWrapper })
  const target = page.targetOf(element, connectElement ?? element)
  const question = !isConfirmed && questionOf(api, element)
  if (question) {
    const data = api.getInternalData(element)
    const { lastButtonClicked } = data
    // Listeners may ask in their own way, and answer later. htmx clears the button when a dialog takes its focus.
    const issueRequest = (skipConfirmation?: unknown): void => {
      data.lastButtonClicked = lastButtonClicked
      if (skipConfirmation || confirm(question)) send(page, element, event, true)
    }
    const detail = { target, triggeringEvent: event, question, issueRequest }
    if (api.triggerEvent(at, "htmx:confirm", detail)) issueRequest()
    return
  }
  const config = { ...collect(api, element, event, target), socketWrapper }
  const { errors } = config
  if (webSocket === undefined) {
    if (api.triggerEvent(at, "htmx:wsUnsent", config)) fail("there is no ws-connect around it")
    return
  }
  if (!api.triggerEvent(at, "htmx:wsConfigSend", config)) return
  if (errors?.length > 0) {
    api.triggerEvent(at, "htmx:validation:halted", errors)
    return
  }
  const body = tryDecode(() =>
    config.messageBody === undefined ? encode(config) : Result.succeed(config.messageBody),
  )
  if (Result.isFailure(body)) fail(body.failure)
  else webSocket.send(body.success, element, config.settle)
}

/** Returns the value of `hx-confirm`, which is inherited; a falsy value if it is empty or `unset`. */
const questionOf = (api: Api2, element: Element): string | null | false | undefined => {
  // Most elements ask nothing, and the browser finds that faster than htmx.
  const at = element.closest("[hx-confirm],[data-hx-confirm]")
  if (at === null) return undefined
  const name = "hx-confirm"
  const question = api.getClosestAttributeValue
    ? api.getClosestAttributeValue(element, name)
    : api.getAttributeValue(at, name)
  return question !== "unset" && question
}
