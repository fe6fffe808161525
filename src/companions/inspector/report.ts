/** Makes a bug report of all that the inspector knows. */
import type { Htmx } from "../Htmx.ts"
import { describe } from "./describe.ts"
import type { Entry, EventLog } from "./EventLog.ts"
import { isSecret, redactText } from "./redact.ts"
import type { FrameProblem } from "./rules/frames.ts"

const textAtMost = 2000

const withoutElements = (entry: Entry): object => {
  const { at, connection, id, ...rest } = entry
  const common = { at: new Date(at).toISOString(), connection: connection?.id, says: describe(entry) }
  if (rest._tag !== "frame") return { ...common, ...rest }
  const { changed, frame, ...more } = rest
  // Redacted first: a secret that is cut in two would not be recognized.
  const text = redactText(frame.text).slice(0, textAtMost)
  return { ...common, ...more, frame: { ...frame, text } }
}

export const report = (
  htmx: Htmx,
  log: EventLog,
  problems: ReadonlyArray<FrameProblem>,
  lab: object,
): string =>
  JSON.stringify(
    {
      at: new Date().toISOString(),
      page: location.href,
      htmx: htmx.version,
      browser: navigator.userAgent,
      scripts: Array.from(document.scripts, ({ src }) => src).filter(Boolean),
      lab,
      settings: htmx.config.ws,
      problems: problems.map(({ fix, rule, sentence }) => ({ rule, sentence, fix })),
      connections: log.connections.map(({ dials, element, id, label, public: given, url }) => ({
        id,
        element: label,
        url,
        dials,
        isOnPage: element.deref()?.isConnected ?? false,
        state: given?.deref()?.state,
        waiting: given?.deref()?.queue?.length,
      })),
      timeline: log.entries.map(withoutElements),
    },
    (key, value) => {
      if (typeof value === "function") return `(function ${key})`
      if (isSecret(key) && Object(value) !== value) return "…"
      return typeof value === "string" ? redactText(value) : value
    },
    2,
  )
