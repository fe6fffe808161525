/** The connection of an element on htmx 4, as events and public code see it. */
import type { Payload } from "../../core/Payload.ts"
import type { WebSocketLike } from "../../core/Socket.ts"
import type { Port, Settled } from "../Port.ts"
import type { StateName } from "../Status.ts"

/** A message of an element. `data` is written; if it is not set, it is made of the rest. */
export interface Outgoing {
  values: Record<string, unknown>
  headers: Record<string, string>
  data: Payload | undefined
  /** Called in the turn in which the message ends, at least once, if a listener puts it here. */
  settle?: Settled["settle"]
}

/** A message that waits, and the element that it is sent for. */
export interface Queued extends Settled {
  readonly element: Element
  readonly message: Outgoing
}

/** A frame. Listeners may replace any of this. */
export interface Incoming {
  data: unknown
  /** Reads `data` as text. */
  text: () => Promise<string>
  /** Reads `data` as JSON. Rejects if it is none. */
  json: () => Promise<unknown>
}

/** One object for the life of the connection, the same in every event. What is written into it counts from there on. */
export interface WsConnection {
  /** What is dialled next. */
  url: string
  /** All settings that hold, as they are written. */
  config: Record<string, unknown>
  /** What waits, oldest first. Changing the array changes what waits. */
  queue: Array<Queued>
  /** The number of the retry; 0 once the connection has opened. Set, it makes the backoff go on from there. */
  attempt: number
  /** Set before a dial, it prevents that. */
  cancelled: boolean
  /** The socket that was made last. */
  socket: WebSocketLike | null
  /** Aborted when that socket is done with. */
  abortController: AbortController | null
  /** Truthy while a retry is pending. It is no timer of ours: `close` prevents the retry. */
  timer: number | null
  /** Settles when the frames that have come are applied. One that is put here holds up those that follow. */
  receiving: Promise<unknown>
  /** Settles when what elements have sent is let through. One that is put here holds up what follows. */
  sending: Promise<unknown>
  /** What being hidden or shown does to the connection; `null` if it does nothing. */
  readonly visibilityHandler: (() => void) | null
  readonly state: StateName
  /** For typed clients. */
  readonly port: Port<Queued> & {
    /** Takes back messages that listeners hold up before they come to the outbox. */
    readonly withdraw: (messages: ReadonlySet<Queued>) => void
  }
  /**
   * Sends for the element: `data`, or `values` and `headers` as JSON if there is none. The message goes through
   * the same events as those of elements, in which it is this object. Returns whether it was accepted: not if a
   * listener has refused it.
   */
  send(message: Partial<Outgoing>): Promise<boolean>
  /** Applies a frame as if it had been received. */
  apply(data: unknown): void
  /** Dials at once: an open socket is replaced, a pending retry cancelled. A connection that is over is begun anew. */
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
      return data instanceof Blob ? data.text() : new TextDecoder().decode(data as ArrayBuffer)
    },
    json: async () => JSON.parse(await message.text()),
  }
  return message
}
