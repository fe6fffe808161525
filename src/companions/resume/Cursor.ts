/** The id of the last frame that a page shows of an element: kept beside the element, and never in it while it lives. */
import { attributeOf, spellingOf } from "../attributes.ts"
import type { Htmx } from "../Htmx.ts"
import { toId } from "../ids.ts"
import type { Report } from "../notices.ts"

export interface Cursor {
  /** The id, also if the server has rendered it anew and a morph has kept the element. */
  readonly read: () => string | undefined
  readonly moveTo: (id: string) => void
  /** Has the attribute say an id, until the returned function is called. */
  readonly write: (id: string | undefined) => () => void
}

/** `isLate`: the page may show more than the attribute says. */
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
