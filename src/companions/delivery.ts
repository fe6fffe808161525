/**
 * What becomes of the messages of a page: shown where `ws-delivery` asks for it, acknowledged by the server, retried, and
 * sent by HTTP while there is no socket.
 */
import { askedFor } from "./asked.ts"
import { attributeOf, selectorFor } from "./attributes.ts"
import { makeBusy } from "./busy.ts"
import { type Happening, next } from "./deliveryState.ts"
import {
  afterFrame,
  beforeDial,
  beforeMessage,
  closed,
  dispatch,
  elementOf,
  listen,
  type Names,
  textOf,
  unsent,
  type WsEvent,
} from "./events.ts"
import { type Htmx, isHtmx4 } from "./Htmx.ts"
import { htmxAttribute } from "./htmxAttributes.ts"
import { installOnce } from "./installOnce.ts"
import { type Connection, contentOf, type Draft, follow, formOf, isBusy, type Message } from "./Message.ts"
import { makeReport } from "./notices.ts"
import { replyIn } from "./replies.ts"
import { header, makeRequests } from "./requests.ts"
import { makeShown, shownIn } from "./shown.ts"

export type { DeliveryConfig } from "./asked.ts"

const delivered: Names = ["wsDelivery", "ws:delivery"]
const fallback: Names = ["wsFallback", "ws:fallback"]

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const delivery = (htmx: Htmx): void =>
  installOnce("delivery", () => {
    const report = makeReport("delivery")
    const senders = selectorFor(htmx, "send")
    const connects = selectorFor(htmx, "connect")
    const ours = `${senders},${connects}`
    /** Those on their way, and of each sender those that have ended since it last sent. The oldest first. */
    const messages = new Map<string, Message>()
    const drafts = new WeakSet<Draft>()
    const connections = new WeakMap<Element, Connection>()
    const busy = makeBusy(htmx, (element) => element.matches(ours) && !isHtmx4(htmx), report)
    const shown = makeShown(htmx, senders, ours, () => messages.values(), report)
    // No two pages that one server knows have the same.
    const page = Date.now().toString(36) + Math.random().toString(36).slice(2, 10)
    let count = 0

    const needsAttention = ({ state }: Message): boolean => state === "failed" || state === "unknown"
    /** Whether nobody can see or change any more what became of a message. */
    const isForgotten = (message: Message): boolean =>
      !isBusy(message) &&
      !message.sender.isConnected &&
      (message.state !== "unknown" || !message.connectElement?.isConnected)

    const render = (): void => {
      for (const message of messages.values()) {
        follow(message, senders)
        if (isForgotten(message)) messages.delete(message.id)
      }
      const onSocket = [...messages.values()].filter(
        (message) => isBusy(message) && message.way !== "request",
      )
      busy([...new Set(onSocket.map(({ sender }) => sender))])
      shown()
      observe()
    }
    // A swap or a morph may replace what was marked, or take the marks away.
    const observer = new MutationObserver(render)
    const observe = (): void => {
      observer.disconnect()
      if (![...messages.values()].some((message) => isBusy(message) || needsAttention(message))) return
      observer.observe(document, {
        subtree: true,
        childList: true,
        attributeFilter: [shownIn, "aria-busy", "class", "disabled"],
      })
    }

    const happen = (message: Message, happening: Happening, reason?: string): void => {
      const state = next(message.state, happening)
      if (state === undefined) return
      if (message.state === "queued" && state !== "sent") withdraw(message)
      clearTimeout(message.timer)
      message.timer = undefined
      message.state = state
      const { asked, sender, way } = message
      const { reset, wait } = asked
      if (state === "sent" && way !== "request") {
        message.way = "socket"
        if (wait !== undefined) message.timer = setTimeout(() => happen(message, "lose", "timeout"), wait)
      }
      render()
      if (reset && (state === "acked" || (state === "sent" && !isBusy(message)))) resetForm(message)
      const { connectElement, id } = message
      const at = [sender, connectElement].find((element) => element?.isConnected) ?? document.body
      dispatch(htmx, at, delivered, { id, state, reason })
    }

    const resetForm = ({ content, sender }: Message): void => {
      const form = formOf(sender)
      // What was typed since is not lost.
      if (form && contentOf(form) === content) form.reset()
    }

    /** Ends an attempt, and takes the message out of the queue in which it waits. */
    const withdraw = (message: Message): void => {
      const { connection, draft, settle } = message
      message.settle = undefined
      const at = settle && connection ? indexOf(connection, draft, settle) : -1
      if (at >= 0) connection?.queue.splice(at, 1)
    }
    const indexOf = ({ queue }: Connection, draft: Draft, settle: unknown): number =>
      Array.from(queue).findIndex((item) => item?.settle === settle || item?.message === draft)

    /** Begins an attempt: what is returned has to be called with its end. */
    const attempt = (message: Message): ((ending: string) => void) => {
      const settle = (ending: string): void => {
        if (message.settle !== settle) return
        message.settle = undefined
        if (ending === "written") happen(message, "write")
        else happen(message, "drop", ending)
      }
      message.settle = settle
      return settle
    }

    const requests = makeRequests(
      htmx,
      senders,
      (element) => isHtmx4(htmx) || connections.has(element.closest(connects) as Element),
      (id) => (id === undefined ? undefined : messages.get(id)),
      happen,
    )

    /** Lets a message go by request, if the page agrees. Returns whether it does. */
    const fallBack = (message: Message): boolean => {
      const { path, verb } = message.asked.request ?? {}
      message.way =
        path !== undefined && dispatch(htmx, message.sender, fallback, { verb, path }) ? "request" : "socket"
      if (message.way === "socket") return false
      withdraw(message)
      // From here on htmx marks what is busy.
      render()
      return true
    }

    const isWaiting = ({ state, way }: Message): boolean => state === "queued" && way === "either"

    /** Lets what waits for the socket go by request, unless that opens in time. */
    const fallBackIn = (message: Message): void => {
      const { asked, connection, sender } = message
      message.timer ??= setTimeout(() => {
        if (!isWaiting(message) || connection?.state === "open") return
        // Those behind it must not be overtaken, nor overtake it.
        for (const other of [...messages.values()])
          if (other.sender === sender && isWaiting(other) && fallBack(other)) requests.add(other)
      }, asked.request?.after)
    }

    /** Decides which way a message goes. Returns whether by request. */
    const goesByRequest = (message: Message): boolean => {
      const { asked, connection, sender, way } = message
      if (way !== "either") return way === "request"
      if (connection?.state === "open" && !requests.has(sender)) return false
      if (asked.request?.after === 0) return fallBack(message)
      fallBackIn(message)
      return false
    }

    const create = (event: WsEvent): Message => {
      const { detail } = event
      const sender = elementOf(event)
      const draft = (detail.message ?? detail) as Draft
      const asked = askedFor(htmx, sender, report)
      const message: Message = {
        id: `${page}-${++count}`,
        sender,
        connectElement: sender.closest(connects),
        connection: (detail.connection ?? detail.socketWrapper) as Connection | undefined,
        draft,
        asked,
        content: contentOf(formOf(sender)),
        state: "queued",
        way: asked.request ? "either" : "socket",
        settle: undefined,
        timer: undefined,
      }
      for (const other of messages.values())
        if (other.sender === sender && !isBusy(other)) messages.delete(other.id)
      messages.set(message.id, message)
      return message
    }

    /** Whether a message has files, which only a request can carry. */
    const hasFiles = ({ asked, sender }: Message): boolean => {
      const form = formOf(sender)
      const fields = Array.from(form?.elements ?? []) as Array<Partial<HTMLInputElement>>
      if (!fields.some(({ files }) => files?.length)) return false
      const encoding = htmxAttribute(htmx, sender, "encoding")?.value ?? form?.enctype
      if (asked.request && encoding === "multipart/form-data") return true
      report(
        `a file cannot go over a socket: give the form hx-post and hx-encoding="multipart/form-data", and it goes by HTTP`,
      )
      return false
    }

    const announce = (message: Message): void => {
      const { id, sender, state } = message
      render()
      dispatch(htmx, sender, delivered, { id, state })
    }

    listen(htmx, beforeMessage, (event) => {
      const { detail } = event
      const draft = (detail.message ?? detail) as Draft
      const errors = detail.errors as ReadonlyArray<unknown> | undefined
      // A retried message comes by again on htmx 4.
      if (event.defaultPrevented || detail.cancelled || errors?.length || drafts.has(draft)) return
      drafts.add(draft)
      const message = create(event)
      const { asked, connection, id } = message
      if (hasFiles(message) ? fallBack(message) : goesByRequest(message)) {
        event.preventDefault()
        announce(message)
        requests.add(message)
        return
      }
      if (asked.wait !== undefined) draft.headers = Object.assign(draft.headers ?? {}, { [header]: id })
      const settle = attempt(message)
      draft.settle = settle
      announce(message)
      // Nothing says that the page, or an extension, has refused it on htmx 1.9 and 2.
      if (!isHtmx4(htmx) && connection)
        queueMicrotask(() => indexOf(connection, draft, settle) < 0 && settle("vetoed"))
    })

    listen(htmx, unsent, (event) => {
      const errors = event.detail.errors as ReadonlyArray<unknown> | undefined
      const sender = elementOf(event)
      if (event.defaultPrevented || errors?.length || askedFor(htmx, sender, report).request === undefined)
        return
      const message = create(event)
      if (!fallBack(message)) {
        messages.delete(message.id)
        return
      }
      event.preventDefault()
      announce(message)
      requests.add(message)
    })

    const of = (connection: unknown): Array<Message> =>
      [...messages.values()].filter(
        (message) => message.connection === connection && message.way === "socket",
      )
    const lose = (connection: unknown): void => {
      for (const message of of(connection)) {
        if (message.asked.wait !== undefined) happen(message, "lose", "closed")
        if (isWaiting(message)) fallBackIn(message)
      }
    }
    const connectionIn = ({ detail }: WsEvent): Connection =>
      (detail.connection ?? detail.socketWrapper) as Connection
    listen(htmx, beforeDial, (event) => {
      const element = elementOf(event)
      const connection = connectionIn(event)
      // An element that has left the document gets the last event of its connection alone.
      if (!connections.has(element))
        listen(htmx, closed, (event) => lose(connectionIn(event)), false, element)
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
      const { connectElement, draft, sender } = message
      const connection = connections.get(connectElement as Element) ?? message.connection
      happen(message, "retry")
      if (goesByRequest(message)) requests.add(message)
      else {
        const settle = attempt(message)
        draft.settle = settle
        if (isHtmx4(htmx)) connection?.send(draft)
        else {
          const { headers, messageBody, parameters } = draft
          connection?.send(messageBody ?? JSON.stringify({ ...parameters, HEADERS: headers }), sender, settle)
        }
      }
    }

    document.addEventListener(
      "click",
      (event) => {
        const button = elementOf(event).closest?.(selectorFor(htmx, "retry"))
        if (!button) return
        // A button in a form would submit it as well.
        event.preventDefault()
        event.stopPropagation()
        const selector = attributeOf(htmx, button, "retry")
        const sender = selector ? htmx.find(selector) : button.closest(senders)
        for (const message of [...messages.values()])
          if (message.sender === sender && next(message.state, "retry")) retry(message)
      },
      true,
    )
  })
