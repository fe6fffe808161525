/** All that the inspector knows, for a bug report. */
import type { Htmx } from "../Htmx.ts"
import { codeInWords } from "./closeCodes.ts"
import { describe } from "./describe.ts"
import type { Entry, EventLog } from "./EventLog.ts"
import { redactMessage, redactText } from "./redact.ts"

const textAtMost = 2000

const withoutElements = (entry: Entry): object => {
  const { at, connection, id, ...rest } = entry
  const common = { at: new Date(at).toISOString(), connection: connection?.id, says: describe(entry) }
  switch (rest._tag) {
    case "frame": {
      const { changed, frame, ...more } = rest
      return { ...common, ...more, frame: { ...frame, text: redactMessage(frame.text).slice(0, textAtMost) } }
    }
    case "close":
      return { ...common, ...rest, code: rest.code, inWords: codeInWords(rest.code ?? 1005) }
    default:
      return { ...common, ...rest }
  }
}

export interface Shown {
  readonly rule: string
  readonly sentence: string
  readonly fix: string
}

export const report = (htmx: Htmx, log: EventLog, problems: ReadonlyArray<Shown>, lab: object): string =>
  JSON.stringify(
    {
      at: new Date().toISOString(),
      page: location.href,
      htmx: htmx.version,
      browser: navigator.userAgent,
      lab,
      settings: htmx.config.ws,
      problems,
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
    (key, value) =>
      typeof value === "function"
        ? `(function ${key})`
        : typeof value === "string"
          ? redactText(value)
          : value,
    2,
  )
