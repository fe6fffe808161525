/**
 * Tracks the messages of a page: shows their states on elements with `ws-delivery`, waits for acknowledgements of the server,
 * retries, and sends by HTTP while there is no socket.
 */
import { selectorFor } from "./attributes.ts"
import { messagesOf } from "./delivery/about.ts"
import { askedFor } from "./delivery/asked.ts"
import { formOf, hasFiles } from "./delivery/form.ts"
import type { Connection, Message } from "./delivery/Message.ts"
import { connectionOf, draftOf, makeMessages } from "./delivery/Messages.ts"
import type { Page } from "./delivery/Page.ts"
import { replyIn } from "./delivery/replies.ts"
import { header, makeRequests } from "./delivery/requests.ts"
import { next } from "./delivery/State.ts"
import { attempt, endIfRefused, sendAgain } from "./delivery/socket.ts"
import { makeWays } from "./delivery/ways.ts"
import { closest } from "./elements.ts"
import {
  afterFrame,
  beforeDial,
  beforeMessage,
  closed,
  elementOf,
  listen,
  textOf,
  unsent,
  type WsEvent,
} from "./events.ts"
import { type Htmx, isHtmx4 } from "./Htmx.ts"
import { htmxAttribute } from "./htmxAttributes.ts"
import { installOnce } from "./installOnce.ts"
import { makeReport } from "./notices.ts"

export type { DeliveryConfig } from "./delivery/asked.ts"

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const delivery = (htmx: Htmx): void =>
  installOnce("delivery", () => {
    const report = makeReport("delivery")
    const messages = new Map<string, Message>()
    const page: Page = {
      htmx,
      report,
      senders: selectorFor(htmx, "send"),
      connects: selectorFor(htmx, "connect"),
      messages,
    }
    const connections = new WeakMap<Element | object, Connection>()
    const { announce, create, happen, render } = makeMessages(page, messages)
    const requests = makeRequests(
      page,
      (element) => isHtmx4(htmx) || connections.has(closest(element, page.connects) ?? {}),
      happen,
    )
    const { fallBack, fallBackInTime, goesByRequest } = makeWays(page, requests, render)

    const begin = (message: Message) =>
      attempt(message, (ending) =>
        ending === "written" ? happen(message, "write") : happen(message, "drop", ending),
      )

    /** Whether a message has files, which only a request can carry. */
    const needsRequest = ({ asked, sender }: Message): boolean => {
      const form = formOf(sender)
      if (!hasFiles(form)) return false
      const encoding = htmxAttribute(htmx, sender, "encoding") ?? form?.enctype
      if (asked.request && encoding === "multipart/form-data") return true
      report(`a file cannot go over a socket: give the form hx-post and hx-encoding="multipart/form-data"`)
      return false
    }

    const isStopped = ({ defaultPrevented, detail }: WsEvent): unknown =>
      defaultPrevented || detail.cancelled || (detail.errors as ReadonlyArray<unknown> | undefined)?.length

    const sendByRequest = (event: WsEvent, message: Message): void => {
      event.preventDefault()
      announce(message)
      requests.add(message)
    }

    listen(htmx, beforeMessage, (event) => {
      const draft = draftOf(event)
      // On htmx 4, a retried message has this event again.
      if (isStopped(event) || draft.settle) return
      const message = create(event)
      if (needsRequest(message) ? fallBack(message) : goesByRequest(message)) {
        sendByRequest(event, message)
        return
      }
      if (message.asked.wait !== undefined)
        draft.headers = Object.assign(draft.headers ?? {}, { [header]: message.id })
      const settle = begin(message)
      announce(message)
      if (!isHtmx4(htmx)) endIfRefused(message, settle)
    })

    // There is no connection around the sender.
    listen(htmx, unsent, (event) => {
      if (isStopped(event) || !askedFor(htmx, elementOf(event), report).request) return
      const message = create(event)
      if (fallBack(message)) sendByRequest(event, message)
      else messages.delete(message.id)
    })

    const lose = (connection: unknown): void => {
      for (const message of messages.values()) {
        if (message.connection !== connection) continue
        if (message.way === "socket" && message.asked.wait !== undefined) happen(message, "lose", "closed")
        fallBackInTime(message)
      }
    }
    listen(htmx, beforeDial, (event) => {
      const element = elementOf(event)
      const connection = connectionOf(event)
      // The last event of an element that has left the document reaches only listeners on the element itself.
      if (!connections.has(element))
        listen(htmx, closed, (event) => lose(connectionOf(event)), false, element)
      connections.set(element, connection)
      // A socket that the page replaces itself ends without an event.
      lose(connection)
    })

    listen(htmx, afterFrame, ({ detail }) => {
      const reply = replyIn(textOf(detail.message), report)
      const message = reply && messages.get(reply.id)
      if (message) happen(message, reply.refusal === undefined ? "ack" : "nack", reply.refusal)
    })

    const retry = (message: Message): void => {
      happen(message, "retry")
      if (goesByRequest(message)) requests.add(message)
      else {
        message.connection = connections.get(message.connectElement ?? {}) ?? message.connection
        begin(message)
        sendAgain(htmx, message, message.connection)
      }
    }

    document.addEventListener(
      "click",
      (event) => {
        const button = elementOf(event).closest?.(selectorFor(htmx, "retry"))
        if (!button) return
        // A button in a form would also submit the form.
        event.preventDefault()
        event.stopPropagation()
        for (const message of messagesOf(page, button, "retry"))
          if (next(message.state.name, "retry")) retry(message)
      },
      true,
    )
  })
