/** Collects what an element sends on htmx 4: the values and headers of an htmx request. */
import { toRecord } from "../Form.ts"
import type { Api4, RequestContext4 } from "./HtmxApi.ts"
import type { Outgoing } from "./WsConnection.ts"

/** A message, and the promises that still change its values and headers. */
export interface Collected {
  readonly message: Outgoing
  readonly pending: ReadonlyArray<unknown>
}

/** Collects the message of `element`. Returns `undefined` if a field is invalid. */
export const collect = (
  api: Api4,
  element: Element,
  event: Event,
  context: RequestContext4,
  isOld: boolean,
): Collected | undefined => {
  const { submitter } = event as SubmitEvent
  const form = formOf(element)
  const formData = api.collectFormData(element, form, submitter, context.request.validate)
  if (formData === undefined) return undefined

  const headers = isOld ? oldHeaders(element, context.target) : { ...context.request.headers }
  delete headers.Accept
  // Expressions see the event on htmx 2. On htmx 4 they see no name that could hide one of the page.
  const scope = isOld ? { event } : {}
  const message: Outgoing = { headers, values: toRecord(formData), data: undefined }
  // A spread takes every name as a field, `__proto__` included, and assigning does not.
  const addValues = (more: object): void => {
    message.values = { ...message.values, ...more }
  }
  const pending = [
    api.getAttributeObject(element, "hx-vals", addValues, scope),
    isOld && api.getAttributeObject(element, "hx-headers", (more) => Object.assign(headers, more), scope),
  ].filter(Boolean)
  return { message, pending }
}

const formOf = (element: Element): HTMLFormElement | null =>
  element instanceof HTMLFormElement
    ? element
    : ((element as Partial<HTMLInputElement>).form ?? element.closest("form"))

/** Returns the headers that htmx 2 would send. */
const oldHeaders = (element: Element, target: Element | null | undefined): Record<string, string> => ({
  "HX-Request": "true",
  "HX-Trigger": element.getAttribute("id") as string,
  "HX-Trigger-Name": element.getAttribute("name") as string,
  "HX-Target": target?.getAttribute("id") as string,
  "HX-Current-URL": location.href,
})
