/** What the listeners of events of the main script share. */
import type { Htmx } from "../../Htmx.ts"
import type { Entry, EventLog } from "../EventLog.ts"
import type { Connections } from "./Connections.ts"

export interface Watch {
  readonly htmx: Htmx
  readonly log: EventLog
  readonly connections: Connections
  /** Shows a complete entry of an event on `element`. */
  readonly settle: (entry: Entry, element: Element) => void
}
