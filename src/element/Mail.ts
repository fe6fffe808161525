/** The letters of a client among the messages of an element. */
import type { MessageDiscarded } from "../client/Errors.ts"
import type * as Exchange from "../client/Exchange.ts"

export type Letter = Exchange.Letter<MessageDiscarded>

/** What becomes of letters on one connection. */
export interface Mail {
  readonly send: (letter: Letter) => void
  /** The letters that are neither written nor lost, oldest first. */
  readonly waiting: () => ReadonlyArray<Letter>
  /**
   * Takes the letters out of the queue that are not among these, and puts those in front of it that do not wait yet.
   * What others have in the queue stays as it is.
   */
  readonly replace: (letters: ReadonlyArray<Letter>) => void
  /** Finds out, at the end of a turn, which letters the page has discarded: of that it tells nobody. */
  readonly review: () => void
}
