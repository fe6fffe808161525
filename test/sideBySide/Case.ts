import type { Behaviour } from "../setup/behaviours.ts"
import type { Stage } from "./Stage.ts"
import type { Line, Version } from "./versions.ts"

/** A page, its server and its steps, which run on the official script and on ours. */
export interface Case {
  readonly title: string
  /** The major lines or single versions of htmx that it runs on. */
  readonly on: ReadonlyArray<Line | Version>
  /** The content of the body, which has `hx-ext="ws"`. */
  readonly page: string
  /** Additional HTML for the head, after the scripts. */
  readonly head?: string
  /** Whether our page has the companions, of which it uses none. */
  readonly companions?: boolean
  /** JavaScript before all other scripts. */
  readonly first?: string
  /** JavaScript after the scripts. */
  readonly script?: string
  /** Makes the behaviour for WebSockets: for all, or by path. @default `accept()` */
  readonly server?: () => Behaviour | Readonly<Record<string, Behaviour>>
  /** HTML responses to plain requests, by path. In them and in the page, `{ws}` is the path of the script. */
  readonly answers?: Readonly<Record<string, string>>
  /** What the user, the server and programs do after the page has loaded and its sockets are open. */
  readonly steps?: (stage: Stage) => Promise<void>
  /** The differences that must be there. Any other difference fails the case. */
  readonly deviates?: ReadonlyArray<Deviation>
}

export interface Deviation {
  readonly name: string
  /** The sentence of the contract that requires it. */
  readonly wants: string
  /** The versions with the deviation. @default all of the case */
  readonly on?: ReadonlyArray<Line | Version>
  /**
   * The lines of the trace that differ: `- ` only the official script's, `+ ` only ours, as a failing case
   * prints them. `…` matches anything.
   */
  readonly lines: string
}
