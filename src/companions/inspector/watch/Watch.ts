/** What those who listen to the events of the main script share. */
import type { Htmx } from "../../Htmx.ts"
import type { Entry, EventLog } from "../EventLog.ts"
import type { Connections } from "./Connections.ts"

export interface Watch {
  readonly htmx: Htmx
  readonly log: EventLog
  readonly connections: Connections
  /** Shows an entry that is complete, of an event at `element`. */
  readonly settle: (entry: Entry, element: Element) => void
}
