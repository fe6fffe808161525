/** The log of what has happened, as plain data, which keeps no element of the page alive. */
import type { Frame } from "./frame.ts"
import type { FrameProblem } from "./rules/frames.ts"

/** The public object of a connection: `socketWrapper`, or `connection` on htmx 4. */
export interface Public {
  readonly state?: string
  readonly queue?: ArrayLike<unknown>
  readonly socket?: WebSocket | null
  readonly url?: string
  readonly attempt?: number
  readonly cancelled?: boolean
  reconnect?(): void
}

export interface Connection {
  readonly id: number
  /** The connect element: `#room`, or the start of its tag. */
  readonly label: string
  readonly element: WeakRef<Element>
  /** The URL, without secrets. */
  url: string
  public: WeakRef<Public> | undefined
  dials: number
  /** When the next attempt is due, in ms since 1970. */
  nextDial: number | undefined
}

interface Common {
  readonly id: number
  /** In ms since 1970. */
  readonly at: number
  readonly connection: Connection | undefined
}

/** What happens to a connection after it was closed. */
export type AfterClose = "final" | "retried" | "paused" | "removed" | "unknown"

export type Entry =
  | (Common & {
      readonly _tag: "dial"
      readonly attempt: number
      url: string
      outcome: "dialled" | "refused" | undefined
    })
  | (Common & { readonly _tag: "open"; readonly took: number | undefined })
  | (Common & {
      readonly _tag: "close"
      readonly code: number | undefined
      readonly reason: string
      after: AfterClose
    })
  | (Common & { readonly _tag: "retry"; readonly attempt: number; delay: number })
  | (Common & { readonly _tag: "failed"; readonly attempts: number; readonly code: number | undefined })
  | (Common & {
      readonly _tag: "frame"
      frame: Frame
      problems: ReadonlyArray<FrameProblem>
      took: number | undefined
      outcome: "applied" | "refused" | undefined
      /** The elements that it has changed on the page. */
      readonly changed: Array<WeakRef<Element>>
    })
  | (Common & {
      readonly _tag: "sent"
      readonly sender: string
      readonly length: number
      readonly fields: ReadonlyArray<string>
      readonly text: string
      outcome: "sent" | "refused" | undefined
    })
  | (Common & { readonly _tag: "dropped"; readonly sender: string; readonly reason: string })
  | (Common & { readonly _tag: "error"; readonly sender: string; readonly sentence: string })

export type EntryOf<Tag extends Entry["_tag"]> = Extract<Entry, { readonly _tag: Tag }>

/** An entry without the members that the log adds. */
export type New<E extends Entry> = E extends Entry ? Omit<E, "id" | "at" | "connection"> : never

const kept = 500

export class EventLog {
  readonly entries: Array<Entry> = []
  #connections: ReadonlyArray<Connection> = []
  #listener: ((entry: Entry) => void) | undefined
  #lastId = 0

  /** The connections on the page, and those in the timeline. */
  get connections(): ReadonlyArray<Connection> {
    return this.#connections
  }

  /** Has `listener`, if there is one, called with each entry that is added or has changed. */
  set onChange(listener: ((entry: Entry) => void) | undefined) {
    this.#listener = listener
  }

  addConnection(connection: Omit<Connection, "id">): Connection {
    const added = { id: ++this.#lastId, ...connection }
    const listed = new Set(this.entries.map((entry) => entry.connection))
    this.#connections = [
      ...this.#connections.filter((one) => listed.has(one) || one.element.deref()?.isConnected),
      added,
    ]
    return added
  }

  add<E extends Entry>(connection: Connection | undefined, entry: New<E>): E {
    const added = { id: ++this.#lastId, at: Date.now(), connection, ...entry } as unknown as E
    if (this.entries.push(added) > kept) this.entries.shift()
    this.changed(added)
    return added
  }

  changed(entry: Entry): void {
    this.#listener?.(entry)
  }

  clear(): void {
    this.entries.length = 0
  }
}
