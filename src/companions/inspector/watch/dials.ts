/** Logs the events of connections: dials, closes and retries. */
import { beforeDial, closed, failed, opened, reconnecting } from "../../events.ts"
import { inWords } from "../../notices.ts"
import type { AfterClose, Connection, EntryOf } from "../EventLog.ts"
import { redactText, redactUrl } from "../redact.ts"
import { on } from "./events.ts"
import type { Watch } from "./Watch.ts"

interface Dial {
  readonly entry: EntryOf<"dial">
  readonly startedAt: number
}

const states: Readonly<{ [state: string]: AfterClose }> = {
  reconnecting: "retried",
  connecting: "retried",
  open: "retried",
  closed: "final",
  failed: "final",
  paused: "paused",
}

export const watchDials = ({ connections, htmx, log, settle }: Watch): void => {
  const dials = new WeakMap<Connection, Dial>()

  const dial = (connection: Connection, attempt: number): EntryOf<"dial"> => {
    connection.dials++
    connection.nextDial = undefined
    const entry = log.add<EntryOf<"dial">>(connection, { _tag: "dial", attempt, url: "", outcome: undefined })
    dials.set(connection, { entry, startedAt: performance.now() })
    return entry
  }

  const setUrl = (connection: Connection, url: unknown): void => {
    if (!url) return
    connection.url = redactUrl(inWords(url))
    const { entry } = dials.get(connection) ?? {}
    if (entry !== undefined) entry.url = connection.url
  }

  on(htmx, beforeDial, (event) => {
    const { detail, public: given, target } = event
    const connection = connections.at(event)
    const entry = dial(connection, Number(detail.attempt ?? given?.attempt ?? 0))
    // After all listeners.
    queueMicrotask(() => {
      if (event.isRefused()) entry.outcome = "refused"
      if (entry.url === "") setUrl(connection, detail.url ?? given?.url)
      settle(entry, target)
    })
  })

  on(htmx, ["wsConnecting", "ws:connecting"], (event) => {
    const connection = connections.at(event)
    const entry = dials.get(connection)?.entry
    const isNew = entry === undefined || entry.outcome !== undefined
    const now = isNew ? dial(connection, connection.dials) : entry
    now.outcome = "dialled"
    setUrl(connection, event.public?.socket?.url)
    if (isNew) settle(now, event.target)
  })

  on(htmx, opened, (event) => {
    const connection = connections.at(event)
    const { startedAt } = dials.get(connection) ?? {}
    const took = startedAt === undefined ? undefined : performance.now() - startedAt
    setUrl(connection, event.public?.socket?.url)
    settle(log.add<EntryOf<"open">>(connection, { _tag: "open", took }), event.target)
  })

  on(htmx, closed, (event) => {
    const { detail, target } = event
    // A listener has cancelled the dial.
    if (detail.reason === "cancelled") return
    const { code, reason = "" } = Object(detail.event ?? detail) as { code?: number | null; reason?: string }
    const entry = log.add<EntryOf<"close">>(connections.at(event), {
      _tag: "close",
      code: code ?? undefined,
      reason: detail.event === undefined ? "" : redactText(reason),
      after: "unknown",
    })
    queueMicrotask(() => {
      entry.after = target.isConnected ? (states[event.public?.state ?? ""] ?? "unknown") : "removed"
      settle(entry, target)
    })
  })

  on(htmx, reconnecting, (event) => {
    const { detail, target } = event
    const connection = connections.at(event)
    const entry = log.add<EntryOf<"retry">>(connection, {
      _tag: "retry",
      attempt: Number(detail.attempt),
      delay: Number(inWords(detail.delay)),
    })
    queueMicrotask(() => {
      entry.delay = Number(inWords(detail.delay))
      connection.nextDial = entry.at + entry.delay
      settle(entry, target)
    })
  })

  on(htmx, failed, (event) => {
    const { attempts, code } = event.detail
    const entry = log.add<EntryOf<"failed">>(connections.at(event), {
      _tag: "failed",
      attempts: Number(attempts),
      code: code as number | undefined,
    })
    settle(entry, event.target)
  })
}
