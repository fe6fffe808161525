/** A message of an element, from its trigger to its end. */

import type { Asked } from "./asked.ts"
import type { State } from "./deliveryState.ts"

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

export type Settle = (ending: string) => void

export interface Message {
  readonly id: string
  /** The element that sends, or the one of the same id that has replaced it. */
  sender: Element
  readonly connectElement: Element | null
  readonly connection: Connection | undefined
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
  /** What ends the present attempt; `undefined` if there is none. */
  settle: Settle | undefined
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Whether a message is on its way, as far as anybody waits for it. */
export const isBusy = ({ asked, state, way }: Message): boolean =>
  state === "queued" || (state === "sent" && (way === "request" || asked.wait !== undefined))

export const valuesOf = ({ draft }: Message): Record<string, unknown> =>
  draft.parameters ?? draft.values ?? {}

export const formOf = (element: Element): HTMLFormElement | null =>
  element instanceof HTMLFormElement
    ? element
    : ((element as Partial<HTMLInputElement>).form ?? element.closest("form"))

/** The values of a form, to be compared. */
export const contentOf = (form: HTMLFormElement | null): string | undefined =>
  form === null ? undefined : JSON.stringify(Array.from(new FormData(form)))

/** Looks for the element that has replaced the sender of a message. */
export const follow = (message: Message, senders: string): void => {
  const { isConnected, id } = message.sender
  const successor = isConnected || id === "" ? null : document.getElementById(id)
  if (successor?.matches(senders)) message.sender = successor
}
