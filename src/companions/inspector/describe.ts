/** Describes entries in sentences, for the panel, the console and reports. */
import { codeInWords } from "./closeCodes.ts"
import type { AfterClose, Entry, EntryOf } from "./EventLog.ts"
import type { Frame, Place } from "./frame.ts"

export const millis = (duration: number): string =>
  duration >= 10_000
    ? `${Math.round(duration / 1000)} s`
    : duration >= 1000
      ? `${(duration / 1000).toFixed(1)} s`
      : `${duration < 10 ? Math.round(duration * 10) / 10 : Math.round(duration)} ms`

const bytes = (length: number): string => (length < 1000 ? `${length} B` : `${(length / 1000).toFixed(1)} kB`)

const afterClose: Readonly<{ [After in AfterClose]: string }> = {
  final: ", for good",
  retried: ", is retried",
  paused: ", until the page is visible again",
  removed: ": the element has left the page",
  unknown: "",
}

const describePlace = ({ isFound, nearest, selector, style }: Place): string => {
  if (selector === undefined) return "an element without id"
  if (isFound) return `${selector} (${style})`
  return `${selector} is not on the page${nearest === undefined ? "" : ` (is it #${nearest}?)`}`
}

const describeFrame = ({ keys, kind, loose, places }: Frame): string =>
  [
    kind === "HTML" ? "" : kind + (keys.length > 0 ? ` (${keys.slice(0, 5).join(", ")})` : ""),
    ...places.slice(0, 5).map(describePlace),
    places.length > 5 ? `and ${places.length - 5} more` : "",
    loose === "" || kind === "text" ? "" : "text in no element",
  ]
    .filter(Boolean)
    .join(", ")

/** Returns whether an entry reports a problem. */
export const isBad = (entry: Entry): boolean =>
  /^(?:error|dropped|failed)$/.test(entry._tag) ||
  (entry._tag === "frame" && entry.problems.length > 0) ||
  (entry._tag === "close" && entry.after === "final" && entry.code !== 1000)

/** Returns the sender of a message, if it is not the connect element. */
const of = ({ connection, sender }: EntryOf<"dropped" | "error">): string =>
  sender === connection?.label ? "" : ` of ${sender}`

/** Returns the sentence of an entry, which continues after the name of its connection. */
export const describe = (entry: Entry): string => {
  switch (entry._tag) {
    case "dial":
      return entry.outcome === "refused"
        ? "is not dialled: a listener has refused it"
        : `dials${entry.attempt > 0 ? ` (attempt ${entry.attempt})` : ""}`
    case "open":
      return `is open${entry.took === undefined ? "" : ` after ${millis(entry.took)}`}`
    case "close": {
      const code = entry.code === undefined ? "" : ` with ${entry.code} (${codeInWords(entry.code)})`
      return `closed${code}${entry.reason && ` "${entry.reason}"`}${afterClose[entry.after]}`
    }
    case "retry":
      return `attempt ${entry.attempt} in ${millis(entry.delay)}`
    case "failed":
      return `gives up after ${entry.attempts} attempts`
    case "frame": {
      const { frame, outcome, took } = entry
      const time = outcome === "refused" ? "refused by a listener" : took === undefined ? "" : millis(took)
      return [`got ${bytes(frame.length)}: ${describeFrame(frame)}`, time].filter(Boolean).join(" · ")
    }
    case "sent": {
      const { fields, length, outcome, sender } = entry
      const verb = outcome === "refused" ? "did not send (refused by a listener)" : "sent"
      return `${verb} ${bytes(length)}${fields.length > 0 ? `: ${fields.join(", ")}` : ""} · from ${sender}`
    }
    case "dropped":
      return `dropped a message${of(entry)}: ${entry.reason}`
    case "error":
      return `error${of(entry)}: ${entry.sentence}`
  }
}

/** Returns an entry as a line for the console. */
export const lineOf = (entry: Entry): string => {
  const { connection } = entry
  const url = entry._tag === "dial" ? entry.url : connection?.url
  return [connection?.label, url, describe(entry)].filter(Boolean).join(" ")
}
