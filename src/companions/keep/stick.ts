/** Keeps an element with `ws-stick="bottom"` scrolled to its end when it grows, or where it is if it was not there. */
import { attributeOf, selectorFor } from "../attributes.ts"
import { idOf } from "../elements.ts"
import type { Htmx } from "../Htmx.ts"

/** The scroll position of a log. */
interface Place {
  readonly log: Element
  readonly top: number
  readonly isAtEnd: boolean
}

/** How far from its end an element may be to count as at its end, in pixels: positions are rounded. */
const tolerance = 2

const placeOf = (log: Element): Place => {
  const { clientHeight, scrollHeight, scrollTop } = log
  return { log, top: scrollTop, isAtEnd: scrollHeight - clientHeight - scrollTop <= tolerance }
}

/** Returns the key of a log. One that replaces another has the same id. */
const keyOf = (log: Element): unknown => idOf(log) || log

/** Watches the logs of a page. `mayKeep` returns whether a log that replaces another is to have its position. */
export const stick = (htmx: Htmx, mayKeep: (log: Element) => boolean): void => {
  let places = new Map<unknown, Place>()
  const update = (records: ReadonlyArray<MutationRecord>): void => {
    const found = Array.from(document.querySelectorAll(selectorFor(htmx, "stick"))).filter(
      (log) => attributeOf(htmx, log, "stick") === "bottom",
    )
    const next = found.map((log): [unknown, Place] => {
      const key = keyOf(log)
      const before = places.get(key)
      const isSame = before?.log === log
      if (isSame && !records.some(({ target }) => log.contains(target))) return [key, before]
      // The `scroll` event of a reader's scrolling may not have been dispatched yet.
      const hasMoved = isSame && log.scrollTop < before.top
      if (before === undefined || (before.isAtEnd && !hasMoved)) log.scrollTop = log.scrollHeight
      else if (!isSame && before.top > 0 && mayKeep(log)) log.scrollTop = before.top
      return [key, placeOf(log)]
    })
    places = new Map(next)
  }
  document.addEventListener(
    "scroll",
    ({ target }) => {
      const key = target instanceof Element && keyOf(target)
      if (places.has(key)) places.set(key, placeOf(target as Element))
    },
    true,
  )
  new MutationObserver(update).observe(document, { childList: true, subtree: true, characterData: true })
  update([])
}
