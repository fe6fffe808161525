/** Listens to the events of the main script without changing them. */
import { type Names, nameOf } from "../../events.ts"
import type { Htmx } from "../../Htmx.ts"
import type { Public } from "../EventLog.ts"

/** An event of the main script. */
export interface Seen {
  readonly target: Element
  readonly detail: Readonly<{ [key: string]: unknown }>
  /** The public object of its connection. */
  readonly public: Public | undefined
  /** Returns whether listeners have cancelled the event. On htmx 4 they may also do so in its detail. */
  readonly isRefused: () => boolean
}

/** Calls `listener` before the page's own listeners, so that they cannot stop the event. */
export const on = (htmx: Htmx, names: Names, listener: (event: Seen) => void): void =>
  window.addEventListener(
    nameOf(htmx, names),
    (event) => {
      // `event.target` would be the host of its shadow root.
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
