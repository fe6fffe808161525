/** `ws-stick="bottom"`: an element that is scrolled to its end stays there when it grows, another keeps its place. */
import { attributeOf, selectorFor } from "../attributes.ts"
import { idOf } from "../elements.ts"
import type { Htmx } from "../Htmx.ts"

/** Where a log stands. */
interface Place {
  readonly log: Element
  readonly top: number
  readonly isAtEnd: boolean
}

/** How far an element is from its end, in pixels, that still counts as there: positions are rounded. */
const slack = 2

const placeOf = (log: Element): Place => {
  const { clientHeight, scrollHeight, scrollTop } = log
  return { log, top: scrollTop, isAtEnd: scrollHeight - clientHeight - scrollTop <= slack }
}

/** One that replaces another has its id. */
const keyOf = (log: Element): unknown => idOf(log) || log

/** `mayKeep` says whether an element that replaces another is to have its place. */
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
      // Where a reader has scrolled to is told with the next frame of the screen only.
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
