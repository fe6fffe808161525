import type { Fault } from "./faults.ts"

/** A connection to make. */
export interface Target {
  readonly path: string
  readonly url: string
  readonly fault?: Fault
  /** In milliseconds. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** What is seen of a connection from the side of its client. */
export interface Seen {
  /** How many WebSockets it has made. */
  dials: number
  /** How many of them were connecting or open at once, at most. */
  most: number
  /** How many are now. */
  live: number
  opens: number
  /** The codes of its ends. */
  codes: Array<number>
  retries: number
  /** What it has received: each text with the number of times that it came in a row. */
  runs: Array<[text: string, times: number]>
  /** The outcomes of each message that it has accepted. */
  outcomes: Record<string, Array<string>>
  state: string
}

/** Connections of one kind: of the typed client, or of elements of a page. */
export interface Clients {
  readonly name: string
  open(targets: ReadonlyArray<Target>): Promise<void>
  /** Has connections accept a message. */
  send(message: string, paths: ReadonlyArray<string>): Promise<void>
  seen(): Promise<Record<string, Seen>>
  reconnect(paths: ReadonlyArray<string>): Promise<void>
  /** The message that a server sends for a client to receive, and that `isApplied` looks for. */
  frame(path: string): string
  isApplied(path: string): Promise<boolean>
  /** Ends all connections, and returns what is left of them: pending timers. */
  remove(): Promise<number>
  /** Exceptions and rejections that nobody has handled. */
  uncaught(): ReadonlyArray<string>
  close(): Promise<void>
}

/** Adds a text to the runs. Long ones are shortened: they are compared often. It also runs in pages, and uses nothing else. */
export const addRun = (runs: Array<[string, number]>, text: string): void => {
  const short = text.length > 1_000 ? `${text.length} bytes ${text.slice(0, 10)}` : text
  const last = runs[runs.length - 1]
  if (last?.[0] === short) last[1]++
  else runs.push([short, 1])
}
