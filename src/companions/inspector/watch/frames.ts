/** Logs frames, and what they change on the page. */
import { afterFrame, beforeFrame, textOf } from "../../events.ts"
import type { EntryOf } from "../EventLog.ts"
import { isOldWire, readFrame } from "../frame.ts"
import { checkFrame } from "../rules/frames.ts"
import { on, type Seen } from "./events.ts"
import type { Watch } from "./Watch.ts"

/** A frame whose swap has not ended. */
interface Pending {
  readonly entry: EntryOf<"frame">
  readonly message: unknown
  readonly startedAt: number
  /** Its event, until all listeners were called. */
  event: Seen | undefined
}

/** The most frames that are kept as pending: one may never be applied. */
const pendingAtMost = 50
const changedAtMost = 100

export const watchFrames = ({ connections, htmx, log, settle }: Watch): void => {
  const pending = new Set<Pending>()
  let changed: Array<WeakRef<Element>> = []
  /** The elements that others were removed from: all that there is to show of a frame that only removes. */
  let emptied: Array<WeakRef<Element>> = []

  const note = (mutations: ReadonlyArray<MutationRecord>): void => {
    for (const { addedNodes, removedNodes, target } of mutations) {
      const list = addedNodes.length === 0 && removedNodes.length > 0 ? emptied : changed
      for (const node of addedNodes.length > 0 ? addedNodes : [target]) {
        const element = node instanceof Element ? node : node.parentElement
        if (element && list.length < changedAtMost) list.push(new WeakRef(element))
      }
    }
  }
  const observer = new MutationObserver(note)

  /** Stops observing the page when no frame is being applied. */
  const finish = (frame: Pending): void => {
    pending.delete(frame)
    changed = []
    emptied = []
    if (pending.size === 0) observer.disconnect()
  }

  const read = (target: Element, message: unknown) => {
    const data = textOf(message) ?? (Object(message) as { data?: unknown }).data ?? message
    const frame = readFrame(htmx, target, data)
    return { frame, problems: checkFrame(frame, isOldWire(htmx, target)) }
  }

  on(htmx, beforeFrame, (event) => {
    const { message } = event.detail
    const { target } = event
    const entry = log.add<EntryOf<"frame">>(connections.at(event), {
      _tag: "frame",
      ...read(target, message),
      took: undefined,
      outcome: undefined,
      changed: [],
    })
    const frame: Pending = { entry, message, startedAt: performance.now(), event }
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

  on(htmx, afterFrame, ({ detail: { message }, target }) => {
    const waiting = [...pending].filter(({ event }) => !event?.isRefused())
    const frame = waiting.find((one) => one.message === message) ?? waiting[0]
    if (frame === undefined) return
    const { entry } = frame
    note(observer.takeRecords())
    entry.changed.push(...(changed.length > 0 ? changed : emptied))
    finish(frame)
    entry.took = performance.now() - frame.startedAt
    entry.outcome = "applied"
    // A listener may have replaced the message.
    const text = textOf(message)
    if (text !== undefined && !text.startsWith(entry.frame.text)) Object.assign(entry, read(target, message))
    settle(entry, target)
  })
}
