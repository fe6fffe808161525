/** What an element with `ws-send` does on htmx 1.9 and 2. */
import * as Result from "effect/Result"
import { collect } from "./collect2.ts"
import { encode } from "./Form.ts"
import type { Api2 } from "./HtmxApi.ts"
import { nameOf } from "./nameOf.ts"
import type { Owner2 } from "./Owner2.ts"
import { isOnPage } from "./Page.ts"

/** What a sender works with. */
interface Surroundings {
  readonly api: Api2
  /** Whether the extension is on for an element. */
  readonly isOn: (element: Element) => boolean
  /** Whether an element is in one whose content htmx leaves alone. */
  readonly isDisabled: (element: Element) => boolean
  /** The nearest connection around an element. */
  readonly around: (element: Element) => Owner2 | undefined
  /** What a message is said to be for, as an htmx request would. */
  readonly targetOf: (element: Element, owner: Owner2) => Element | null | undefined
}

/** Makes an element send when it is triggered; once, however often it is called. */
export const attach = (surroundings: Surroundings, element: Element): void => {
  const { api, around, isDisabled, isOn } = surroundings
  const data = api.getInternalData(element)
  if (data.wsSend !== undefined || !isOn(element)) return
  // htmx forgets this together with the handlers.
  const attached = {}
  data.wsSend = attached
  const home = around(element)?.element
  for (const spec of api.getTriggerSpecs(element)) {
    api.addTriggerHandler(element, spec, data, (_, event) => {
      // What was triggered is sent, also if its element has left meanwhile. A poll that outlives its element is not.
      const isForgotten = api.getInternalData(element).wsSend !== attached
      if (isDisabled(element) || (isForgotten && (spec.pollInterval || spec.trigger === "load"))) return
      if (event !== undefined && doesMore(api, element, event)) event.preventDefault()
      // Looked up now: a form that was kept may be in another connection, one that was moved away in none.
      send(surroundings, around(element) ?? (home && around(home)), element, event)
    })
  }
}

/** Whether an event would do more than send. htmx sees to that only where it listens at the element itself. */
const doesMore = (api: Api2, element: Element, event: Event): boolean =>
  event.type === "submit" || api.shouldCancel(event, element)

const send = (
  { api, targetOf }: Surroundings,
  owner: Owner2 | undefined,
  element: Element,
  event: Event | undefined,
): void => {
  const fail = (sentence: string): void =>
    api.triggerErrorEvent(element, "htmx:wsError", {
      error: new Error(`${nameOf(element)}: ${sentence}; nothing was sent.`),
      socketWrapper: owner?.wrapper,
    })
  if (owner === undefined) {
    fail("there is no connection around it")
    return
  }
  const at = isOnPage(element) ? element : owner.element
  const config = { ...collect(api, element, event, targetOf(element, owner)), socketWrapper: owner.wrapper }
  const { errors } = config
  if (!api.triggerEvent(at, "htmx:wsConfigSend", config)) return
  if (errors?.length > 0) {
    api.triggerEvent(at, "htmx:validation:halted", errors)
    return
  }
  const body = config.messageBody === undefined ? encode(config) : Result.succeed(config.messageBody)
  if (Result.isFailure(body)) fail(body.failure)
  else owner.send(body.success, element)
}
