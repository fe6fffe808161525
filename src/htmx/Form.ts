/** What an element with `ws-send` sends: the values that htmx collects for it, as one JSON object. */
import * as Result from "effect/Result"
import * as Decoder from "../core/Decoder.ts"
import { inWords } from "../core/inWords.ts"
import { Body, type Payload } from "../core/Payload.ts"
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

/** Each name once, with all of its values where there are several: as the form has them, not as text. */
const toRecord = (formData: FormData): Record<string, unknown> => {
  const record: Record<string, unknown> = {}
  for (const name of new Set(formData.keys())) {
    const values = formData.getAll(name)
    record[name] = values.length === 1 ? values[0] : values
  }
  return record
}

/** The values that `hx-params` lets through: `*`, `none`, `not a,b` or `a,b`. */
const filter = (values: Record<string, unknown>, params: string | null | false): Record<string, unknown> => {
  if (!params || params === "*") return values
  const not = params.startsWith("not ")
  const names = (not ? params.slice(4) : params).split(",").map((name) => name.trim())
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name) !== not))
}

/** Collects what `element` has to send. */
export const collect = (api: Api2, element: Element, event: Event | undefined): SendConfig => {
  const { errors, formData, values } = api.getInputValues(element, "post")
  const unfilteredParameters = {
    ...(formData === undefined ? values : toRecord(formData)),
    ...api.getExpressionVars(element, event),
  }
  return {
    parameters: filter(unfilteredParameters, api.getClosestAttributeValue(element, "hx-params")),
    unfilteredParameters,
    headers: api.getHeaders(element, api.getTarget(element)),
    errors,
    triggeringEvent: event,
    messageBody: undefined,
  }
}

const decode = Decoder.decode(Body)

/** The JSON object; fails with a sentence where a value has no JSON. */
export const encode = ({ headers, parameters }: SendConfig): Result.Result<string, string> =>
  Result.flatMap(decode(headers ? { ...parameters, HEADERS: headers } : { ...parameters }), (body) =>
    Result.try({
      try: () => JSON.stringify(body),
      catch: (cause) => `a value has no JSON (${inWords(cause)})`,
    }),
  )
