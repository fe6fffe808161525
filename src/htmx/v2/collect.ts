/** Collects what an element with `ws-send` sends on htmx 1.9 and 2: the values of an htmx request. */
import type { Payload } from "../../core/Payload.ts"
import { toRecord } from "../Form.ts"
import type { Settleable } from "../Port.ts"
import type { Api2, InputValues2 } from "./HtmxApi.ts"

/** The detail of `htmx:wsConfigSend`: what listeners may change before it is sent. */
export interface SendConfig {
  parameters: Record<string, unknown>
  readonly unfilteredParameters: Record<string, unknown>
  headers: Record<string, string> | undefined
  readonly errors: Array<unknown>
  readonly triggeringEvent: Event | undefined
  /** What to send in place of the JSON object. */
  messageBody: Payload | undefined
  /** May be set by a listener. Called in the turn in which the message ends, at least once. */
  settle?: Settleable["settle"]
}

/** Returns the values that `hx-params` lets through: `*`, `none`, `not a,b` or `a,b`. htmx 2 itself filters only text. */
const filter = (
  values: Record<string, unknown>,
  params: string | null | false | undefined,
): Record<string, unknown> => {
  if (!params || params === "*") return values
  const not = params.startsWith("not ")
  const names = (not ? params.slice(4) : params).split(",").map((name) => name.trim())
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name) !== not))
}

/**
 * Returns the values that htmx 1.9 has collected, with the fields that are named like a property of every object, such as
 * `toString`: htmx 1.9 collects into an object, and appends to that property, or loses the field. It calls a field named
 * `hasOwnProperty`, and throws: then there are no `values`.
 */
const withInheritedNames = (element: Element, values: object | undefined): Record<string, unknown> => {
  const lost = new FormData()
  for (const [name, value] of new FormData(element.closest("form") ?? undefined))
    if (values === undefined || name in {}) lost.append(name, value)
  return { ...values, ...toRecord(lost) }
}

const inputsOf = (api: Api2, element: Element): Partial<InputValues2> => {
  try {
    return api.getInputValues(element, "post")
  } catch {
    return {}
  }
}

/** Collects what `element` has to send. */
export const collect = (
  api: Api2,
  element: Element,
  event: Event | undefined,
  target: Element | null | undefined,
): SendConfig => {
  const { errors = [], formData, values } = inputsOf(api, element)
  const isHtmx1 = formData === undefined
  const all = {
    ...(isHtmx1 ? withInheritedNames(element, values) : toRecord(formData)),
    ...api.getExpressionVars(element, event),
  }
  const copy = isHtmx1 ? { ...all } : all
  return {
    parameters: isHtmx1
      ? api.filterValues(all, element)
      : filter(all, api.getClosestAttributeValue?.(element, "hx-params")),
    // For `not a`, htmx 1 deletes `a` from the object that it is given.
    unfilteredParameters: Object.keys(all).length < Object.keys(copy).length ? copy : all,
    headers: api.getHeaders(element, target),
    errors,
    triggeringEvent: event,
    messageBody: undefined,
  }
}
