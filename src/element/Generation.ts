/** What differs between the generations of htmx in how an element shows its connection. */
import type { State } from "../client/State.ts"
import type { StateName } from "../htmx/Status.ts"
import type { Mail } from "./Mail.ts"
import type { NoConnection } from "./NoConnection.ts"

/** A connection as the page sees it. */
export interface Shown {
  readonly state: StateName
  reconnect(): void
  close(code?: number, reason?: string): void
}

/** Whom the events of an element are for. */
export interface Told<M extends Mail> {
  /** The letters on the connection that the event is about. */
  readonly mail: M
  /** Whether that connection is still the one of the element. */
  readonly isCurrent: boolean
  enter(state: State): void
  /** A socket has ended, with no intention to dial again that would be told next. */
  ended(code: number | null, reason: string): void
  report(error: unknown): void
  /** A frame that may be for the program. Answers whether it is. */
  offer(frame: unknown): boolean
}

export type Hear<M extends Mail> = (event: CustomEvent, told: Told<M>) => void

export interface Generation<C extends Shown, M extends Mail> {
  /** The connection that an element has now, or why it is none for us. */
  readonly connectionOf: (element: Element) => C | NoConnection | undefined
  /** Whether an element asks for a connection. */
  readonly asks: (element: Element) => boolean
  readonly mail: (connection: C, element: Element) => M
  /** The field of a detail that has the connection. */
  readonly field: "socketWrapper" | "connection"
  /** The events before a dial, of ours and of the official script. */
  readonly dialling: ReadonlyArray<string>
  /** Whether a connection that was told to close has yet to tell its end. */
  readonly isClosing: (connection: C, element: Element) => boolean
  /** What events at the element mean, by their names. */
  readonly hears: Readonly<Record<string, Hear<M>>>
}
