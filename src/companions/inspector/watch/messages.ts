/** Logs what becomes of the messages of the page. */
import { dropped, onError, sent } from "../../events.ts"
import type { EntryOf } from "../EventLog.ts"
import { redactText } from "../redact.ts"
import { labelOf } from "./Connections.ts"
import { on, type Seen } from "./events.ts"
import type { Watch } from "./Watch.ts"

const textAtMost = 2000
/** How many characters of a text are read. */
const readAtMost = 10_000

const fieldsOf = (text: string): Array<string> => {
  try {
    return Object.keys(JSON.parse(text)).filter((key) => !/^headers$/i.test(key))
  } catch {
    return []
  }
}

const sentenceOf = (error: unknown): string => {
  const { message } = Object(error) as { message?: unknown }
  return message ? String(message) : error instanceof Event ? "the socket failed" : String(error)
}

const lengthOf = (data: unknown): number => {
  const { byteLength, length, size } = Object(data) as { [size: string]: number | undefined }
  return length ?? byteLength ?? size ?? 0
}

export const watchMessages = ({ connections, htmx, log, settle }: Watch): void => {
  /** `message` is what is sent, in an object on htmx 4. */
  const addSent = (event: Seen, outcome: "sent" | "refused"): void => {
    const { connection, message } = event.detail
    const { data, values } = Object(message) as { data?: unknown; values?: object }
    const body = connection === undefined ? message : (data ?? JSON.stringify(values))
    const text = typeof body === "string" ? body : ""
    const entry = log.add<EntryOf<"sent">>(connections.of(event), {
      _tag: "sent",
      sender: labelOf(event.target),
      length: lengthOf(body),
      fields: fieldsOf(text),
      text: redactText(text.slice(0, readAtMost)).slice(0, textAtMost),
      outcome,
    })
    settle(entry, event.target)
  }

  on(htmx, ["wsBeforeSend", "ws:before:message:outgoing"], (event) =>
    queueMicrotask(() => {
      if (event.isRefused()) addSent(event, "refused")
    }),
  )
  on(htmx, sent, (event) => addSent(event, "sent"))

  on(htmx, dropped, (event) => {
    const entry = log.add<EntryOf<"dropped">>(connections.of(event), {
      _tag: "dropped",
      sender: labelOf(event.target),
      reason: String(event.detail.reason),
    })
    settle(entry, event.target)
  })

  on(htmx, onError, (event) => {
    const entry = log.add<EntryOf<"error">>(connections.of(event), {
      _tag: "error",
      sender: labelOf(event.target),
      sentence: redactText(sentenceOf(event.detail.error)),
    })
    settle(entry, event.target)
  })
}
