/** A message of an element, from its trigger to its end. */
import type { Asked } from "./asked.ts"
import type { Settle, State } from "./State.ts"

/** `socketWrapper` of htmx 1.9 and 2, `connection` of htmx 4. */
export interface Connection {
  readonly state: string
  readonly queue: Array<{ readonly message?: unknown; readonly settle?: unknown } | undefined>
  /** `send(text, element, settle)` on htmx 1.9 and 2, `send(message)` on htmx 4. */
  send(...message: ReadonlyArray<unknown>): unknown
}

/** The object that becomes a message: the detail of the event on htmx 1.9 and 2, its `message` on htmx 4. */
export interface Draft {
  readonly parameters?: Record<string, unknown>
  readonly values?: Record<string, unknown>
  readonly messageBody?: unknown
  headers: Record<string, string> | undefined
  settle?: Settle | undefined
}

export interface Message {
  readonly id: string
  /** The element that sends, or the one of the same id that has replaced it. */
  sender: Element
  /** The document or shadow tree of the sender. */
  readonly root: Document | ShadowRoot
  connectElement: Element | undefined
  connection: Connection | undefined
  readonly draft: Draft
  readonly asked: Asked
  /** The values of the form when they were collected. */
  readonly content: string | undefined
  state: State
  /**
   * How the message is sent. A message that was written to a socket is never sent by a request as well. `either`: it waits
   * for the socket, but may still be sent by a request.
   */
  way: "either" | "socket" | "request"
}

/** Returns whether a message waits to be sent, or for an answer. */
export const isBusy = ({ asked, state: { name }, way }: Message): boolean =>
  name === "queued" || (name === "sent" && (way === "request" || asked.wait !== undefined))

/** Returns whether a message has ended well, and needs no attention any more. */
export const isOver = (message: Message): boolean =>
  !isBusy(message) && !/failed|unknown/.test(message.state.name)

export const valuesOf = ({ draft }: Message): Record<string, unknown> =>
  draft.parameters ?? draft.values ?? {}
