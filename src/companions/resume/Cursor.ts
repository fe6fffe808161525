/** The id of the last frame that an element shows. It is not written to the element, except to save the page. */
import { attributeOf, spellingOf } from "../attributes.ts"
import type { Htmx } from "../Htmx.ts"
import { toId } from "../ids.ts"
import type { Report } from "../notices.ts"

export interface Cursor {
  /** Returns the id, or that of the attribute if the server has rendered a new one there since, as a morph does. */
  readonly read: () => string | undefined
  readonly moveTo: (id: string) => void
  /** Writes an id to the attribute, until the returned function is called. */
  readonly write: (id: string | undefined) => () => void
}

/** Makes a cursor. `isLate` is `true` if the page may show more than the attribute says. */
export const makeCursor = (htmx: Htmx, element: Element, isLate: boolean, report: Report): Cursor => {
  let cursor: string | undefined
  /** The value of the attribute when it was read last. */
  let written = isLate ? attributeOf(htmx, element, "resume") : undefined
  const read = (): string | undefined => {
    const value = attributeOf(htmx, element, "resume")
    if (value !== written) cursor = toId(value, "ws-resume", report)
    written = value
    return cursor
  }
  return {
    read,
    moveTo: (id) => {
      read()
      cursor = id
    },
    write: (id = "") => {
      const spelling = spellingOf(htmx, element, "resume") as string
      const before = element.getAttribute(spelling) as string
      element.setAttribute(spelling, id)
      return () => element.setAttribute(spelling, before)
    },
  }
}
