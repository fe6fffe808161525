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

/** The object of an event that becomes a message: the event's detail on htmx 1.9 and 2, its `message` on htmx 4. */
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
   * A message keeps to its way: what was written to a socket is never repeated by a request. `either` is not decided:
   * it waits for the socket, and may go by request yet.
   */
  way: "either" | "socket" | "request"
}

/** Whether a message is on its way, as far as anybody waits for it. */
export const isBusy = ({ asked, state: { name }, way }: Message): boolean =>
  name === "queued" || (name === "sent" && (way === "request" || asked.wait !== undefined))

/** Whether a message has ended well, so that nobody need look at it again. */
export const isOver = (message: Message): boolean =>
  !isBusy(message) && !/failed|unknown/.test(message.state.name)

export const valuesOf = ({ draft }: Message): Record<string, unknown> =>
  draft.parameters ?? draft.values ?? {}
