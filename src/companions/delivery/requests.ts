/** Sends messages by HTTP: as htmx's own requests of their senders, one after the other. */
import { idOf } from "../elements.ts"
import { elementOf, listen, type WsEvent } from "../events.ts"
import { isHtmx4 } from "../Htmx.ts"
import { requestOf } from "../htmxAttributes.ts"
import { type Message, valuesOf } from "./Message.ts"
import type { Messages } from "./Messages.ts"
import type { Page } from "./Page.ts"
import type { Requests } from "./ways.ts"

/** The header with the id of the message. */
export const header = "HX-Message-ID"

/** A request that htmx is about to issue, and that may be changed: the event's detail on htmx 1.9 and 2, `ctx` on htmx 4. */
interface Config {
  readonly headers?: Record<string, string>
  readonly parameters?: Record<string, unknown>
  readonly formData?: FormData
  errors?: ReadonlyArray<unknown>
  readonly request?: { readonly headers: Record<string, string>; readonly body: FormData }
  readonly path?: string
  readonly sourceEvent?: unknown
}

/** The detail of an event of a request. */
interface Detail {
  readonly ctx?: Config & { readonly response?: { readonly status: number } }
  readonly requestConfig?: Config
  readonly xhr?: XMLHttpRequest
}

const hasFile = (value: unknown): boolean => [value].flat().some((one) => one instanceof File)

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

/** Replaces the current values of a form by those of a message. Files stay. */
const fill = ({ formData, parameters = {}, request }: Config, values: Record<string, unknown>): void => {
  const given = Object.entries(values).filter(([, value]) => !hasFile(value))
  const data = request?.body ?? formData
  if (data === undefined) {
    for (const name of Object.keys(parameters)) if (!hasFile(parameters[name])) delete parameters[name]
    Object.assign(parameters, Object.fromEntries(given))
    return
  }
  for (const name of new Set(data.keys())) if (!hasFile(data.get(name))) data.delete(name)
  for (const [name, value] of given) for (const one of [value].flat()) data.append(name, textOf(one))
}

/** Returns the key of a sender. A form that replaces another has the same id. */
const keyOf = (sender: Element): unknown => idOf(sender) || sender

export const makeRequests = (
  page: Page,
  /** Whether the extension sends for an element, so that htmx must not. */
  sends: (element: Element) => boolean,
  happen: Messages["happen"],
): Requests => {
  const { htmx, messages, senders } = page
  /** The messages that wait for the request of their sender to end. */
  const lanes = new Map<unknown, Array<Message>>()
  /** The message of each request. */
  const configs = new WeakMap<object, Message>()
  /** The request that is being issued, and the answer to htmx's own question about it. */
  let issuing: { answer?: Promise<unknown> } | undefined

  /** Issues the request of a message, without the question of `hx-confirm`, which was asked when it was triggered. */
  const ask = ({ asked, id, sender }: Message): Promise<unknown> => {
    const { verb, path } = asked.request as NonNullable<typeof asked.request>
    const { confirm } = window
    const attempt: typeof issuing = {}
    issuing = attempt
    // Before 1.9.12, htmx calls `confirm` although the event was handled, or there was none.
    window.confirm = () => true
    try {
      const result = htmx.ajax(verb, path, {
        // Without the sender, the response has no target.
        ...(sender.isConnected ? { source: sender } : { source: document.body, swap: "none" }),
        headers: { [header]: id },
        // The form was valid when the message was triggered.
        ...(isHtmx4(htmx) && { confirm: undefined, event: { submitter: { formNoValidate: true } } }),
      })
      return attempt.answer ?? result
    } finally {
      issuing = undefined
      window.confirm = confirm
    }
  }

  const issue = async (message: Message): Promise<void> => {
    try {
      await ask(message)
    } catch {
      // htmx reports the error by its own events.
    }
    if (message.state.name === "queued") happen(message, "drop", "cancelled")
    else happen(message, "lose", "closed")
  }

  window.addEventListener(
    "htmx:confirm",
    (event) => {
      if (issuing === undefined) return
      event.preventDefault()
      event.stopImmediatePropagation()
      issuing.answer = (event as CustomEvent).detail.issueRequest(true)
    },
    true,
  )

  const detailOf = (event: WsEvent): Detail & Config => event.detail as Detail & Config

  listen(htmx, ["configRequest", "config:request"], (event) => {
    const detail = detailOf(event)
    const config = detail.ctx ?? detail
    const headers = config.request?.headers ?? config.headers ?? {}
    const message = messages.get(headers[header] ?? "")
    if (message === undefined) {
      const element = elementOf(event)
      const isOwn = isHtmx4(htmx)
        ? config.sourceEvent instanceof Event
        : requestOf(htmx, element)?.path === config.path
      if (isOwn && element.matches(senders) && sends(element)) event.preventDefault()
      return
    }
    configs.set(config, message)
    if (message.asked.wait === undefined) delete headers[header]
    config.errors = []
    fill(config, valuesOf(message))
  })
  const messageBy = (event: WsEvent): Message | undefined => {
    const { ctx, requestConfig } = detailOf(event)
    return configs.get((ctx ?? requestConfig) as object)
  }
  listen(htmx, ["beforeSend", "before:request"], (event) => {
    const message = messageBy(event)
    if (message && !event.defaultPrevented) happen(message, "write")
  })
  listen(htmx, ["afterRequest", "finally:request"], (event) => {
    const message = messageBy(event)
    const { ctx, xhr } = detailOf(event)
    const status = xhr?.status ?? ctx?.response?.status ?? 0
    if (message === undefined || status === 0) return
    if (status < 400) happen(message, "ack")
    else happen(message, "nack", `HTTP ${status}`)
  })

  return {
    has: (sender) => lanes.has(keyOf(sender)),
    async add(message) {
      const { sender } = message
      const key = keyOf(sender)
      const lane = lanes.get(key)
      if (lane) {
        lane.push(message)
        return
      }
      const waiting: Array<Message> = []
      lanes.set(key, waiting)
      for (let one: Message | undefined = message; one; one = waiting.shift()) await issue(one)
      lanes.delete(key)
    },
  }
}
