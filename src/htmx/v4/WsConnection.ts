/** The connection of an element on htmx 4, as events and public code see it. */
import type { Payload } from "../../core/Payload.ts"
import type { WebSocketLike } from "../../core/Socket.ts"
import type { Port, Settleable } from "../Port.ts"
import type { StateName } from "../Status.ts"

/** A message of an element. `data` is what is written, by default the JSON of `values` and `headers`. */
export interface Outgoing {
  values: Record<string, unknown>
  headers: Record<string, string>
  data: Payload | undefined
  /** May be set by a listener. Called in the turn in which the message ends, at least once. */
  settle?: Settleable["settle"]
}

/** A message that waits, and the element that it is sent for. */
export interface Queued extends Settleable {
  readonly element: Element
  readonly message: Outgoing
}

/** A frame. Listeners may replace any of this. */
export interface Incoming {
  data: unknown
  /** Reads `data` as text. */
  text: () => Promise<string>
  /** Reads `data` as JSON. Rejects if it is not JSON. */
  json: () => Promise<unknown>
}

/** One object for the life of the connection, the same in every event. What is written to it takes effect from then on. */
export interface WsConnection {
  /** The URL of the next dial. */
  url: string
  /** All settings in effect, as they are written. */
  config: Record<string, unknown>
  /** The waiting messages, oldest first. Changing the array changes what waits. */
  queue: Array<Queued>
  /** The number of the retry; 0 once the connection has opened. Setting it makes the backoff continue from there. */
  attempt: number
  /** Set to `true` before a dial, it cancels the dial. */
  cancelled: boolean
  /** The last WebSocket, open or closed; `null` before the first. */
  socket: WebSocketLike | null
  /** Aborted when that WebSocket is no longer used. */
  abortController: AbortController | null
  /** Truthy while a retry is pending. It is not the id of a timer: call `close` to cancel the retry. */
  timer: number | null
  /** Resolves when the frames received so far are applied. Assigning a promise delays later frames until it settles. */
  receiving: Promise<unknown>
  /** Resolves when the messages sent so far are accepted. Assigning a promise delays later ones until it settles. */
  sending: Promise<unknown>
  /** Pauses the connection if the page is hidden, and resumes it otherwise; `null` without `pauseOnBackground`. */
  readonly visibilityHandler: (() => void) | null
  readonly state: StateName
  /** For typed clients. */
  readonly port: Port<Queued> & {
    /** Removes messages that listeners delay and that are not in the outbox yet. */
    readonly withdraw: (messages: ReadonlySet<Queued>) => void
  }
  /**
   * Sends for the element: `data`, or `values` and `headers` as JSON if there is none. The message has the same events as
   * those of elements, and is this object in them. Resolves with whether it was accepted: not if a listener cancelled it,
   * or the connection has ended.
   */
  send(message: Partial<Outgoing>): Promise<boolean>
  /** Applies a frame as if it had been received. */
  apply(data: unknown): void
  /** Dials at once, in any state. Replaces an open socket, and cancels a pending retry. */
  reconnect(): void
  /** Closes for good. `code` is 1000 or 3000 to 4999 (WHATWG WebSockets, `close`). */
  close(code?: number, reason?: string): void
}

export const makeIncoming = (data: unknown): Incoming => {
  const message: Incoming = {
    data,
    text: async () => {
      const { data } = message
      if (typeof data === "string") return data
      // A Blob of any window: a page may make its sockets in an iframe.
      return (data as Partial<Blob> | undefined)?.text?.() ?? new TextDecoder().decode(data as ArrayBuffer)
    },
    json: async () => JSON.parse(await message.text()),
  }
  return message
}
