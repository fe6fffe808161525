/** Writes the events of the main script into the log. It holds no element longer than an event takes. */
import { type Names, nameOf, textOf } from "../events.ts"
import type { Htmx } from "../Htmx.ts"
import { settingsOf } from "../settings.ts"
import { lineOf } from "./describe.ts"
import type { AfterClose, Connection, Entry, EntryOf, EventLog, Public } from "./EventLog.ts"
import { isOldWire, readFrame } from "./frame.ts"
import { redactMessage, redactText, redactUrl } from "./redact.ts"
import { checkFrame } from "./rules/frames.ts"

/** An event of the main script. */
interface Seen {
  readonly target: Element
  readonly detail: Readonly<{ [key: string]: unknown }>
  /** Whether listeners have refused what it announces. On htmx 4 they may also say so in its detail. */
  readonly isRefused: () => boolean
}

/** A frame whose swap has not ended. */
interface Pending {
  readonly entry: EntryOf<"frame">
  readonly message: unknown
  readonly startedAt: number
  /** Until the listeners of its event have had their say. */
  event: Seen | undefined
}

/** What a page may have open at once: a frame that is never applied must not stay for ever. */
const pendingAtMost = 50
const changedAtMost = 100

export const labelOf = (element: Element): string => {
  if (element.id !== "") return `#${element.id}`
  const name = element.getAttributeNames().find((one) => /\bws-|\bws:/.test(one))
  return `<${[element.localName, name].filter(Boolean).join(" ")}>`
}

const states: Readonly<{ [state: string]: AfterClose }> = {
  reconnecting: "retried",
  connecting: "retried",
  open: "retried",
  closed: "final",
  failed: "final",
  paused: "paused",
}

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

export const watch = (htmx: Htmx, log: EventLog): void => {
  const byElement = new WeakMap<Element, Connection>()
  const dials = new WeakMap<Connection, { readonly entry: EntryOf<"dial">; readonly startedAt: number }>()
  const pending = new Set<Pending>()
  let changed: Array<WeakRef<Element>> = []

  const note = (mutations: ReadonlyArray<MutationRecord>): void => {
    for (const { addedNodes, target } of mutations) {
      const nodes = addedNodes.length > 0 ? [...addedNodes] : [target]
      for (const node of nodes) {
        const element = node instanceof Element ? node : node.parentElement
        if (element && changed.length < changedAtMost) changed.push(new WeakRef(element))
      }
    }
  }
  const observer = new MutationObserver(note)

  const publicOf = ({ detail }: Seen): Public | undefined =>
    (detail.socketWrapper ?? detail.connection) as Public | undefined

  /** The connection of an event, which is at its element or at one in it. */
  const connectionOf = (event: Seen): Connection | undefined => {
    const given = publicOf(event)
    const known = log.connections.find((one) => given !== undefined && one.public?.deref() === given)
    if (known !== undefined) return known
    for (let at: Element | null = event.target; at instanceof Element; at = at.parentElement) {
      const connection = byElement.get(at)
      if (connection !== undefined) return connection
    }
    return undefined
  }

  /** The same for an event of a connect element, which may be the first. */
  const connectionAt = (event: Seen): Connection => {
    const { target } = event
    const connection =
      byElement.get(target) ??
      log.addConnection({
        label: labelOf(target),
        element: new WeakRef(target),
        url: "",
        public: undefined,
        dials: 0,
        nextDial: undefined,
      })
    byElement.set(target, connection)
    const given = publicOf(event)
    if (given !== undefined && connection.public?.deref() !== given) connection.public = new WeakRef(given)
    return connection
  }

  /** Shows an entry that is complete. */
  const settle = (entry: Entry, element: Element): void => {
    log.changed(entry)
    if (String(settingsOf(htmx, element, "inspector").debug) !== "true") return
    console.info(`htmx: [ws-inspector] ${lineOf(entry)}`)
    if (entry._tag === "frame")
      for (const { fix, rule, sentence } of entry.problems)
        console.warn(`htmx: [ws-inspector] ${entry.connection?.label} ${rule}: ${sentence}. ${fix}`)
  }

  /** Settles an entry when all listeners of its event have had their turn. */
  const settleLater = (entry: Entry, element: Element, complete: () => void): void =>
    queueMicrotask(() => {
      complete()
      settle(entry, element)
    })

  /** Before the page's own listeners, and whatever they stop. */
  const on = (names: Names, listener: (event: Seen) => void): void =>
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
            isRefused: () =>
              event.defaultPrevented || detail.cancelled === true || detail.connection?.cancelled === true,
          })
      },
      true,
    )

  const dial = (connection: Connection, attempt: number): EntryOf<"dial"> => {
    connection.dials++
    connection.nextDial = undefined
    const entry = log.add<EntryOf<"dial">>(connection, { _tag: "dial", attempt, url: "", outcome: undefined })
    dials.set(connection, { entry, startedAt: performance.now() })
    return entry
  }

  const setUrl = (connection: Connection, url: unknown): void => {
    if (!url) return
    connection.url = redactUrl(String(url))
    const { entry } = dials.get(connection) ?? {}
    if (entry !== undefined) entry.url = connection.url
  }

  on(["wsConfigConnect", "ws:before:connection"], (event) => {
    const connection = connectionAt(event)
    const attempt = event.detail.attempt ?? (event.detail.connection as Public | undefined)?.attempt
    const entry = dial(connection, Number(attempt ?? 0))
    settleLater(entry, event.target, () => {
      if (event.isRefused()) entry.outcome = "refused"
      if (entry.url === "") setUrl(connection, event.detail.url ?? publicOf(event)?.url)
    })
  })

  on(["wsConnecting", "ws:connecting"], (event) => {
    const connection = connectionAt(event)
    const entry = dials.get(connection)?.entry
    const isNew = entry === undefined || entry.outcome !== undefined
    const now = isNew ? dial(connection, connection.dials) : entry
    now.outcome = "dialled"
    setUrl(connection, publicOf(event)?.socket?.url)
    if (isNew) settle(now, event.target)
  })

  on(["wsOpen", "ws:after:connection"], (event) => {
    const connection = connectionAt(event)
    const { startedAt } = dials.get(connection) ?? {}
    const took = startedAt === undefined ? undefined : performance.now() - startedAt
    setUrl(connection, publicOf(event)?.socket?.url)
    settle(log.add<EntryOf<"open">>(connection, { _tag: "open", took }), event.target)
  })

  on(["wsClose", "ws:close"], (event) => {
    const { detail, target } = event
    // A dial that a listener has refused.
    if (detail.reason === "cancelled") return
    const connection = connectionAt(event)
    const closed = Object(detail.event ?? detail) as { code?: number | null; reason?: string }
    const reason = detail.event === undefined ? "" : (closed.reason ?? "")
    const entry = log.add<EntryOf<"close">>(connection, {
      _tag: "close",
      code: closed.code ?? undefined,
      reason: redactText(reason),
      after: "unknown",
    })
    settleLater(entry, target, () => {
      entry.after = target.isConnected ? (states[publicOf(event)?.state ?? ""] ?? "unknown") : "removed"
    })
  })

  on(["wsReconnecting", "ws:reconnecting"], (event) => {
    const connection = connectionAt(event)
    const { detail } = event
    const entry = log.add<EntryOf<"retry">>(connection, {
      _tag: "retry",
      attempt: Number(detail.attempt),
      delay: Number(detail.delay),
    })
    settleLater(entry, event.target, () => {
      entry.delay = Number(detail.delay)
      connection.nextDial = entry.at + entry.delay
    })
  })

  on(["wsFailed", "ws:failed"], (event) => {
    const { attempts, code } = event.detail
    const entry = log.add<EntryOf<"failed">>(connectionAt(event), {
      _tag: "failed",
      attempts: Number(attempts),
      code: code as number | undefined,
    })
    settle(entry, event.target)
  })

  /** Stops watching the page once no frame is being applied. */
  const finish = (frame: Pending): void => {
    pending.delete(frame)
    changed = []
    if (pending.size === 0) observer.disconnect()
  }

  const read = (target: Element, message: unknown) => {
    const frame = readFrame(
      htmx,
      target,
      textOf(message) ?? (Object(message) as { data?: unknown }).data ?? message,
    )
    return { frame, problems: checkFrame(frame, isOldWire(htmx, target)) }
  }

  on(["wsBeforeMessage", "ws:before:message:incoming"], (event) => {
    const { detail, target } = event
    const connection = connectionAt(event)
    const entry = log.add<EntryOf<"frame">>(connection, {
      _tag: "frame",
      ...read(target, detail.message),
      took: undefined,
      outcome: undefined,
      changed: [],
    })
    const frame: Pending = { entry, message: detail.message, startedAt: performance.now(), event }
    pending.add(frame)
    for (const old of [...pending].slice(0, -pendingAtMost)) pending.delete(old)
    if (pending.size === 1)
      observer.observe(document, { subtree: true, childList: true, characterData: true })
    queueMicrotask(() => {
      frame.event = undefined
      if (!event.isRefused() || !pending.has(frame)) return
      finish(frame)
      entry.outcome = "refused"
      settle(entry, target)
    })
  })

  on(["wsAfterMessage", "ws:after:message:incoming"], ({ detail, target }) => {
    const { message } = detail
    const waiting = [...pending].filter(({ event }) => event === undefined || !event.isRefused())
    const frame = waiting.find((one) => one.message === message) ?? waiting[0]
    if (frame === undefined) return
    const { entry } = frame
    note(observer.takeRecords())
    entry.changed.push(...changed)
    finish(frame)
    entry.took = performance.now() - frame.startedAt
    entry.outcome = "applied"
    // A listener may have replaced the message.
    const text = textOf(message)
    if (text !== undefined && !text.startsWith(entry.frame.text)) Object.assign(entry, read(target, message))
    settle(entry, target)
  })

  /** `message` is what is sent, in an object on htmx 4. */
  const addSent = (event: Seen, outcome: "sent" | "refused"): void => {
    const { message } = event.detail as { message: unknown }
    const { data, values } = Object(message) as { data?: unknown; values?: object }
    const body = publicOf(event) === event.detail.connection ? (data ?? JSON.stringify(values)) : message
    const text = typeof body === "string" ? body : ""
    const entry = log.add<EntryOf<"sent">>(connectionOf(event), {
      _tag: "sent",
      sender: labelOf(event.target),
      length: lengthOf(body),
      fields: fieldsOf(text),
      text: redactMessage(text).slice(0, 2000),
      outcome,
    })
    settle(entry, event.target)
  }

  on(["wsBeforeSend", "ws:before:message:outgoing"], (event) =>
    queueMicrotask(() => {
      if (event.isRefused()) addSent(event, "refused")
    }),
  )
  on(["wsAfterSend", "ws:after:message:outgoing"], (event) => addSent(event, "sent"))

  on(["wsDropped", "ws:message:dropped"], (event) => {
    const entry = log.add<EntryOf<"dropped">>(connectionOf(event), {
      _tag: "dropped",
      sender: labelOf(event.target),
      reason: String(event.detail.reason),
    })
    settle(entry, event.target)
  })

  on(["wsError", "ws:error"], (event) => {
    const entry = log.add<EntryOf<"error">>(connectionOf(event), {
      _tag: "error",
      sender: labelOf(event.target),
      sentence: redactText(sentenceOf(event.detail.error)),
    })
    settle(entry, event.target)
  })
}
