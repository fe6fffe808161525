/** What the modules of Effect go without in the scripts. */

export interface Omission {
  /** The module of Effect, or all of them. */
  readonly module?: string
  readonly code: RegExp
  /** What stands there instead; it is shorter than the code. */
  readonly instead?: string
}

export const omissions: ReadonlyArray<Omission> = [
  // A table that is made when the module is loaded, and that nothing reads.
  { module: "encoding/Base64", code: /^for \(.* codes\[.*$/gm },
]
