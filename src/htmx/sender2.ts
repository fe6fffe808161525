/** What an element with `ws-send` does on htmx 1.9 and 2. */
import * as Result from "effect/Result"
import { collect } from "./collect2.ts"
import { encode } from "./Form.ts"
import type { Api2 } from "./HtmxApi.ts"
import { nameOf } from "./nameOf.ts"
import type { Owner2 } from "./Owner2.ts"

/** What a sender works with. */
interface Surroundings {
  readonly api: Api2
  /** Whether the extension is on for an element. */
  readonly isOn: (element: Element) => boolean
  /** The nearest connection around an element. */
  readonly around: (element: Element) => Owner2 | undefined
}

/** Makes an element send when it is triggered; once, however often it is called. */
export const attach = (surroundings: Surroundings, element: Element): void => {
  const { api, isOn } = surroundings
  const data = api.getInternalData(element)
  if (data.wsSend !== undefined || !isOn(element)) return
  // htmx forgets this together with the handlers. A poll may outlive both: it sends no more.
  const attached = {}
  data.wsSend = attached
  for (const spec of api.getTriggerSpecs(element)) {
    api.addTriggerHandler(element, spec, data, (_, event) => {
      if (api.getInternalData(element).wsSend === attached && isOn(element))
        send(surroundings, element, event)
    })
  }
}

const send = ({ api, around }: Surroundings, element: Element, event: Event | undefined): void => {
  // Looked up now and never remembered: a form that was kept may be in another connection by now.
  const owner = around(element)
  const fail = (sentence: string): void =>
    api.triggerErrorEvent(element, "htmx:wsError", {
      error: new Error(`${nameOf(element)}: ${sentence}; nothing was sent.`),
      socketWrapper: owner?.wrapper,
    })
  if (owner === undefined) {
    fail("there is no connection around it")
    return
  }
  const config = { ...collect(api, element, event), socketWrapper: owner.wrapper }
  if (!api.triggerEvent(element, "htmx:wsConfigSend", config)) return
  if (config.errors?.length > 0) {
    api.triggerEvent(element, "htmx:validation:halted", config.errors)
    return
  }
  const body = config.messageBody === undefined ? encode(config) : Result.succeed(config.messageBody)
  if (Result.isFailure(body)) fail(body.failure)
  else owner.wrapper.send(body.success, element)
}
