/** What an element with `ws-send` sends on htmx 1.9 and 2: the values that htmx collects for it. */
import type { Payload } from "../../core/Payload.ts"
import { toRecord } from "../Form.ts"
import type { Api2 } from "./HtmxApi.ts"

/** The detail of `htmx:wsConfigSend`: what listeners may change before it is sent. */
export interface SendConfig {
  parameters: Record<string, unknown>
  unfilteredParameters: Record<string, unknown>
  headers: Record<string, string> | undefined
  errors: Array<unknown>
  triggeringEvent: Event | undefined
  /** What to send in place of the JSON object. */
  messageBody: Payload | undefined
}

/** The values that `hx-params` lets through: `*`, `none`, `not a,b` or `a,b`. */
const filter = (values: Record<string, unknown>, params: string | null | false): Record<string, unknown> => {
  if (!params || params === "*") return values
  const not = params.startsWith("not ")
  const names = (not ? params.slice(4) : params).split(",").map((name) => name.trim())
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name) !== not))
}

/** The value of `hx-params` that holds for an element. htmx looks for it itself since 1.9.3. */
const paramsOf = (api: Api2, element: Element): string | null | false => {
  if (api.getClosestAttributeValue !== undefined) return api.getClosestAttributeValue(element, "hx-params")
  const bearer = element.closest("[hx-params],[data-hx-params]")
  return bearer && api.getAttributeValue(bearer, "hx-params")
}

/** Collects what `element` has to send. */
export const collect = (
  api: Api2,
  element: Element,
  event: Event | undefined,
  target: Element | null | undefined,
): SendConfig => {
  const { errors, formData, values } = api.getInputValues(element, "post")
  const unfilteredParameters = {
    ...(formData === undefined ? values : toRecord(formData)),
    ...api.getExpressionVars(element, event),
  }
  return {
    parameters: filter(unfilteredParameters, paramsOf(api, element)),
    unfilteredParameters,
    headers: api.getHeaders(element, target),
    errors,
    triggeringEvent: event,
    messageBody: undefined,
  }
}
