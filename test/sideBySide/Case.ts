import type { Behaviour } from "../setup/behaviours.ts"
import type { Stage } from "./Stage.ts"
import type { Line, Version } from "./versions.ts"

/** A page of somebody's, its server, and what happens there: on the official script and on ours. */
export interface Case {
  readonly title: string
  /** The lines of htmx, or single versions, that it runs on. */
  readonly on: ReadonlyArray<Line | Version>
  /** The body. `hx-ext="ws"` is on it. */
  readonly page: string
  /** More of the head, after the scripts. */
  readonly head?: string
  /** JavaScript before all other scripts. */
  readonly first?: string
  /** JavaScript after the scripts. */
  readonly script?: string
  /** Makes what the server does with WebSockets: all, or by path. Without a word they are accepted. */
  readonly server?: () => Behaviour | Readonly<Record<string, Behaviour>>
  /** Answers to plain requests, as HTML by path. In them and in the page, `{ws}` is the path of the script. */
  readonly answers?: Readonly<Record<string, string>>
  /** What a user, the server and programs do, once the page stands and its sockets are open. */
  readonly steps?: (stage: Stage) => Promise<void>
  /** Where ours is to differ. All else is equal, and each of these differs. */
  readonly deviates?: ReadonlyArray<Deviation>
}

export interface Deviation {
  readonly name: string
  /** The sentence of the contract that wants it. */
  readonly wants: string
  /** Where not on all versions of the case. */
  readonly on?: ReadonlyArray<Line | Version>
  /**
   * The lines of the trace that differ: `- ` only the official script's, `+ ` only ours, as a failing case
   * prints them. A `…` stands for anything.
   */
  readonly lines: string
}
