/** What an element with `ws-send` does on htmx 1.9 and 2. */
import * as Result from "effect/Result"
import { describeElement } from "../elements.ts"
import { encode } from "../Form.ts"
import { isOnPage } from "../Page.ts"
import { collect } from "./collect.ts"
import type { Api2, TriggerSpec2 } from "./HtmxApi.ts"

/** What a sender works with. */
interface Surroundings {
  readonly api: Api2
  /** Whether the extension is on for an element. */
  readonly isOn: (element: Element) => boolean
  /** Whether an element is in one whose content htmx leaves alone. */
  readonly isDisabled: (element: Element) => boolean
  /** The connect element of a sender. */
  readonly homeOf: (element: Element) => Element | undefined
  /** What a message is said to be for, as an htmx request would. */
  readonly targetOf: (element: Element, home: Element) => Element | null | undefined
}

/** Makes an element send when it is triggered; once, however often it is called. */
export const attachSender = (surroundings: Surroundings, element: Element): void => {
  const { api, isDisabled, isOn, homeOf } = surroundings
  const data = api.getInternalData(element)
  if (data.wsSend !== undefined || !isOn(element)) return
  // htmx forgets this together with the handlers.
  const attached = {}
  data.wsSend = attached
  for (const spec of api.getTriggerSpecs(element)) {
    api.addTriggerHandler(element, staying(surroundings, element, spec), data, (_, event) => {
      // What was triggered is sent, also if its element has left meanwhile. A poll that outlives its element is not.
      const isForgotten = api.getInternalData(element).wsSend !== attached
      if (isDisabled(element) || (isForgotten && (spec.pollInterval || spec.trigger === "load"))) return
      send(surroundings, homeOf(element), element, event)
    })
  }
}

/**
 * A trigger whose events do nothing else. The filter is what htmx asks in the turn of an event, also where it listens
 * at another element, or triggers later.
 */
const staying = ({ api, isDisabled }: Surroundings, element: Element, spec: TriggerSpec2): TriggerSpec2 => {
  const { eventFilter, target } = spec
  const filter = (event: Event): boolean => {
    if (eventFilter !== undefined && eventFilter.call(element, event) !== true) return false
    const isMeant = !target || (event.target as Partial<Element> | null)?.matches?.(target) !== false
    if (isMeant && !isDisabled(element) && doesMore(api, element, event)) event.preventDefault()
    return true
  }
  return { ...spec, eventFilter: Object.assign(filter, { source: eventFilter?.source }) }
}

/** Whether an event would do more than send: older htmx knows no button outside of its form, and none knows images. */
const doesMore = (api: Api2, element: Element, event: Event): boolean => {
  const { form, type } = element as Partial<HTMLInputElement>
  return (
    event.type === "submit" ||
    api.shouldCancel(event, element) ||
    (event.type === "click" && form != null && /^(submit|image)$/.test(type ?? ""))
  )
}

const send = (
  { api, targetOf }: Surroundings,
  home: Element | undefined,
  element: Element,
  event: Event | undefined,
): void => {
  // What is found there may also be of another htmx of the page, a bare WebSocket of 1.9's own `hx-ws`, or patched.
  const webSocket = home && api.getInternalData(home).webSocket
  const socketWrapper = webSocket?.publicInterface
  const at = home === undefined || isOnPage(element) ? element : home
  const fail = (sentence: string): void =>
    api.triggerErrorEvent(at, "htmx:wsError", {
      error: new Error(`${describeElement(element)}: ${sentence}; nothing was sent.`),
      socketWrapper,
    })
  if (webSocket === undefined) {
    fail("there is no connection around it")
    return
  }
  const config = { ...collect(api, element, event, targetOf(element, home as Element)), socketWrapper }
  const { errors } = config
  if (!api.triggerEvent(at, "htmx:wsConfigSend", config)) return
  if (errors?.length > 0) {
    api.triggerEvent(at, "htmx:validation:halted", errors)
    return
  }
  const body = config.messageBody === undefined ? encode(config) : Result.succeed(config.messageBody)
  if (Result.isFailure(body)) fail(body.failure)
  else webSocket.send(body.success, element)
}
