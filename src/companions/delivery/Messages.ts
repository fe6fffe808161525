/** The messages of a page, from their trigger until nothing on the page shows them any more. */
import { attributeOf } from "../attributes.ts"
import { closest, idOf, rootOf } from "../elements.ts"
import { dispatch, elementOf, listen, type Names, type WsEvent } from "../events.ts"
import { shownIn } from "./about.ts"
import { askedFor } from "./asked.ts"
import { makeBusy } from "./busy.ts"
import { contentOf, formOf, reset } from "./form.ts"
import { type Connection, type Draft, isBusy, isOver, type Message } from "./Message.ts"
import { mark, unmark } from "./marks.ts"
import { type Page, roots } from "./Page.ts"
import { makeRows } from "./rows.ts"
import { type Happening, next } from "./State.ts"
import { withdraw } from "./socket.ts"

const delivered: Names = ["wsDelivery", "ws:delivery"]

export interface Messages {
  /** Makes a message when an element is about to send. */
  create(event: WsEvent): Message
  /** Shows a new message, and dispatches its first event. */
  announce(message: Message): void
  /** Brings a message into its next state. Does nothing if there is no transition. */
  happen(message: Message, happening: Happening, reason?: string): void
  /** Updates the page. */
  render(): void
}

export const draftOf = ({ detail }: WsEvent): Draft => Object(detail.message ?? detail)
export const connectionOf = ({ detail }: WsEvent): Connection =>
  (detail.connection ?? detail.socketWrapper) as Connection

export const makeMessages = (page: Page, messages: Map<string, Message>): Messages => {
  const { connects, htmx, report, senders } = page
  const busy = makeBusy(page)
  const rows = makeRows(page)

  const urlOf = (element: Element | undefined): unknown => element && attributeOf(htmx, element, "connect")

  /** Updates the sender of a message to the element that has replaced it. */
  const follow = (message: Message): void => {
    const { root, sender } = message
    const id = !sender.isConnected && idOf(sender)
    const successor = id ? root.getElementById(id) : null
    if (!successor?.matches(senders)) return
    const around = closest(successor, connects)
    // Another page may have a form of the same id for another connection.
    if (urlOf(around) !== urlOf(message.connectElement)) return
    message.sender = successor
    message.connectElement = around
  }

  /** Whether nothing on the page can show or retry a message any more. */
  const isForgotten = (message: Message): boolean =>
    !isBusy(message) &&
    !message.sender.isConnected &&
    !rows.has(message) &&
    (message.state.name !== "unknown" || !message.connectElement?.isConnected)

  const render = (): void => {
    for (const message of messages.values()) {
      follow(message)
      rows.update(message)
      if (isForgotten(message)) messages.delete(message.id)
    }
    // htmx itself marks what is sent by a request.
    const onSocket = [...messages.values()].filter((message) => isBusy(message) && message.way !== "request")
    busy(new Set(onSocket.map(({ sender }) => sender)))
    mark(page)
    observe()
  }

  // A swap or a morph may replace marked elements, remove marks, or add the server's row of a message.
  const observer = new MutationObserver(() => {
    for (const message of messages.values()) if (rows.isReplaced(message)) happen(message, "ack")
    render()
  })
  const observe = (): void => {
    observer.disconnect()
    if (![...messages.values()].some((message) => !isOver(message) || rows.has(message))) return
    for (const root of roots(page))
      observer.observe(root, {
        subtree: true,
        childList: true,
        attributeFilter: [shownIn, "aria-busy", "class", "disabled"],
      })
  }

  // A page is saved in the history without its messages: they have ended when it is restored.
  listen(htmx, ["beforeHistorySave", "history:cache:before:save"], () => {
    busy(new Set())
    queueMicrotask(render)
  })
  listen(htmx, ["historyRestore", "history:cache:after:restore"], () => {
    rows.clear()
    unmark(page)
    render()
  })

  const notify = ({ connectElement, id, sender, state }: Message, reason?: string): void => {
    const at = [sender, connectElement].find((element) => element?.isConnected) ?? document.body
    dispatch(htmx, at, delivered, { id, state: state.name, reason })
  }

  const happen = (message: Message, happening: Happening, reason?: string): void => {
    const { asked, content, state, way } = message
    const name = next(state.name, happening)
    if (name === undefined) return
    clearTimeout(state.timer)
    if (name !== "sent") withdraw(message)
    message.state = { name }
    if (name === "sent" && way !== "request") {
      message.way = "socket"
      if (asked.wait !== undefined)
        message.state = { name, timer: setTimeout(() => happen(message, "lose", "timeout"), asked.wait) }
    }
    render()
    if (asked.reset && (name === "acked" || (name === "sent" && !isBusy(message))))
      reset(formOf(message.sender), content)
    notify(message, reason)
  }

  return {
    create(event) {
      const sender = elementOf(event)
      const asked = askedFor(htmx, sender, report)
      const message: Message = {
        // Random: others see it in the rows of a room, and whoever guessed the next one could have it counted as handled.
        id: crypto.getRandomValues(new Uint32Array(4)).join("-"),
        sender,
        root: rootOf(sender),
        connectElement: closest(sender, connects),
        connection: connectionOf(event),
        draft: draftOf(event),
        asked,
        content: contentOf(formOf(sender)),
        state: { name: "queued" },
        way: asked.request ? "either" : "socket",
      }
      for (const other of messages.values())
        if (other.sender === sender && !isBusy(other) && !rows.has(other)) messages.delete(other.id)
      messages.set(message.id, message)
      return message
    },
    announce(message) {
      rows.add(message)
      render()
      notify(message)
    },
    happen,
    render,
  }
}
