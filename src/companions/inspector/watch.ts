/** Writes the events of the main script to the log. Keeps no element after its event. */
import type { Htmx } from "../Htmx.ts"
import { settingsOf } from "../settings.ts"
import { lineOf } from "./describe.ts"
import type { EventLog } from "./EventLog.ts"
import { Connections } from "./watch/Connections.ts"
import { watchDials } from "./watch/dials.ts"
import { watchFrames } from "./watch/frames.ts"
import { watchMessages } from "./watch/messages.ts"
import type { Watch } from "./watch/Watch.ts"

export const watch = (htmx: Htmx, log: EventLog): void => {
  const watched: Watch = {
    htmx,
    log,
    connections: new Connections(log),
    settle(entry, element) {
      log.changed(entry)
      if (String(settingsOf(htmx, element, "inspector").debug) !== "true") return
      console.info(`htmx: [ws-inspector] ${lineOf(entry)}`)
      if (entry._tag === "frame")
        for (const { fix, rule, sentence } of entry.problems)
          console.warn(`htmx: [ws-inspector] ${entry.connection?.label} ${rule}: ${sentence}. ${fix}`)
    },
  }
  watchDials(watched)
  watchFrames(watched)
  watchMessages(watched)
}
