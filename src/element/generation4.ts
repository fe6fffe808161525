/** htmx 4: `element._htmx.ws.connection`, and events with a `connection`. */
import { closedByUs } from "../client/Exchange.ts"
import type { HtmxProp4 } from "../htmx/v4/HtmxApi.ts"
import type { WsConnection } from "../htmx/v4/WsConnection.ts"
import type { Generation, Hear } from "./Generation.ts"
import * as Json from "./json.ts"
import { Mail4 } from "./Mail4.ts"
import { NoConnection } from "./NoConnection.ts"
import { exhausted } from "./outcomes.ts"

declare const htmx: { readonly config?: { readonly metaCharacter?: string } } | undefined

const exposed = (element: Element): Partial<WsConnection> | undefined =>
  (element as { _htmx?: HtmxProp4 })._htmx?.ws?.connection

const isOurs = (connection: Partial<WsConnection>): connection is WsConnection =>
  connection.send !== undefined

/** What stands between the words in `hx-ws:connect`, as the element spells it; nothing where it spells it as htmx 2. */
const separatorOf = (element: Element): string | undefined => {
  const names = element.getAttributeNames().filter((name) => !/^(?:data-)?ws-connect$/.test(name))
  return names.flatMap((name) => /ws([^a-z0-9]+)connect$/.exec(name)?.[1] ?? []).at(0)
}

/** JSON with content is for htmx to swap. All other JSON is for listeners, and comes when those before have agreed. */
const hearData: Hear<Mail4> = ({ detail: { message } }, told) => {
  const frame = Json.parse(message.data)?.json as { content?: unknown; payload?: unknown } | null | undefined
  if (frame === null || (frame?.content ?? frame?.payload) == null) told.offer(message.data)
}

/**
 * An element with the attribute of htmx 2 takes every frame for HTML: what is the program's is kept from it, when all
 * listeners have had their say. They may still cancel or replace it, and so may other programs take it.
 */
const hearFrame: Hear<Mail4> = (event, told) => {
  const { detail } = event
  if (Json.parse(detail.message.data) === undefined) return
  const decide = async (): Promise<void> => {
    await undefined
    const isRefused = event.defaultPrevented || detail.cancelled
    await undefined
    if (!isRefused && told.offer(detail.message.data)) detail.cancelled = true
  }
  detail.waitUntil(decide())
}

/** As it is for this element: names of events are spelled as its page does. */
export const generation4 = (element: Element): Generation<WsConnection, Mail4> => {
  const separator = separatorOf(element)
  const meta = separator ?? (typeof htmx === "undefined" ? undefined : htmx.config?.metaCharacter) ?? ":"
  const spelled = (name: string): string => `htmx:ws:${name}`.replaceAll(":", meta)
  return {
    connectionOf: (element) => {
      const connection = exposed(element)
      if (connection === undefined || isOurs(connection)) return connection
      return new NoConnection({ message: "the connection of the element is that of another extension" })
    },
    asks: (element) => element.getAttributeNames().some((name) => /ws[^a-z0-9]+connect$/.test(name)),
    mail: (connection, element) => new Mail4(connection, element),
    field: "connection",
    dialling: [spelled("before:connection")],
    isClosing: (connection, element) => exposed(element) === connection,
    hears: {
      [spelled("before:connection")]: ({ detail: { connection } }, told) =>
        told.enter({ _tag: "Connecting", attempt: connection.attempt }),
      [spelled("after:connection")]: (_, told) => told.enter({ _tag: "Open" }),
      [spelled("close")]: ({ detail: { code, reason } }, told) =>
        reason === "cancelled"
          ? told.enter({ _tag: "Closed", why: closedByUs("the page has cancelled the dial") })
          : told.ended(code, ""),
      [spelled("reconnecting")]: ({ detail: { attempt, delay, event } }, told) =>
        told.enter({ _tag: "Waiting", attempt, delay, code: event.code, reason: event.reason }),
      [spelled("failed")]: ({ detail: { attempts, code, reason } }, told) =>
        told.enter({ _tag: "Failed", why: exhausted(attempts, code, reason) }),
      [spelled("error")]: ({ detail: { error, problem } }, told) => told.report(problem ?? error),
      ...(separator === undefined
        ? { [spelled("before:message:incoming")]: hearFrame }
        : { [spelled("after:message:incoming")]: hearData }),
      [spelled("before:message:outgoing")]: ({ detail }, told) => told.mail.asked(detail.message, detail),
      [spelled("after:message:outgoing")]: ({ detail: { message } }, told) => told.mail.sent(message),
      [spelled("message:dropped")]: ({ detail: { message, reason } }, told) => {
        if (told.isCurrent) told.mail.dropped(message, reason)
      },
    },
  }
}
