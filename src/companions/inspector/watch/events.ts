/** The events of the main script, as those see them who only watch. */
import { type Names, nameOf } from "../../events.ts"
import type { Htmx } from "../../Htmx.ts"
import type { Public } from "../EventLog.ts"

/** An event of the main script. */
export interface Seen {
  readonly target: Element
  readonly detail: Readonly<{ [key: string]: unknown }>
  /** The public object of its connection. */
  readonly public: Public | undefined
  /** Whether listeners have refused what it announces. On htmx 4 they may also say so in its detail. */
  readonly isRefused: () => boolean
}

/** Calls `listener` before the page's own listeners, and whatever they stop. */
export const on = (htmx: Htmx, names: Names, listener: (event: Seen) => void): void =>
  window.addEventListener(
    nameOf(htmx, names),
    (event) => {
      // Not that of a shadow root that it is in.
      const [target] = event.composedPath()
      const { detail } = event as CustomEvent
      if (target instanceof Element && detail)
        listener({
          target,
          detail,
          public: detail.socketWrapper ?? detail.connection,
          isRefused: () =>
            event.defaultPrevented || detail.cancelled === true || detail.connection?.cancelled === true,
        })
    },
    true,
  )
