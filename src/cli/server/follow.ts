/** Checks that a page that has resumed gets everything, in order and once. */
import { adds, type Fault, idOf, isEnd, isResync, shown } from "./frames.ts"

/** A frame that was pushed to all, and its id. */
export interface Pushed {
  readonly id: string
  readonly frame: string
}

/** What a page got after it dialled with an id. */
export interface Followed {
  /** The frame with everything, or the one that asks the page to fetch it. */
  readonly whole: string | undefined
  /** The index of the pushed frame that the page has applied last. */
  readonly at: number
}

/** Follows the frames of a page that has applied the pushed frame with the index `from`; -1 if that is unknown. */
export const follow = (
  pushed: ReadonlyArray<Pushed>,
  from: number,
  frames: ReadonlyArray<string>,
): Followed | Fault => {
  let at = from
  let whole: string | undefined
  for (const frame of frames) {
    const id = idOf(frame)
    if (isResync(frame) && id === undefined)
      return { fault: `${shown(frame)} has no id: the page does not know up to where to fetch` }
    if (id === undefined || isEnd(frame)) continue
    if (at >= 0 && id === pushed[at + 1]?.id) {
      at++
      continue
    }
    const place = pushed.findIndex((other) => other.id === id)
    if (place < 0) return { fault: `${shown(frame)} has an id that no frame had before` }
    if (at >= 0 && place <= at) return { fault: `${shown(frame)} came again` }
    if (adds(frame) && frame === pushed[place]?.frame)
      return at < 0
        ? { fault: `${shown(frame)} came, a frame that adds to what the page does not have` }
        : {
            fault: `${shown(frame)} came, but not what was pushed before it: ${shown(pushed[at + 1]?.frame ?? "")}`,
          }
    if (whole !== undefined)
      return { fault: `${shown(frame)} came after ${shown(whole)}: each has everything` }
    whole = frame
    at = place
  }
  return { whole, at }
}
