/** Lists what has happened, newest first. */
import { describe, isBad } from "../describe.ts"
import type { Connection, Entry, EventLog } from "../EventLog.ts"
import type { Highlight } from "./Highlight.ts"
import { h, setText } from "./h.ts"

const atMost = 200

const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8)

export interface Timeline {
  readonly element: HTMLElement
  /** Adds an entry, or marks it as changed, for the next `draw`. */
  add(entry: Entry): void
  draw(): void
  /** Shows the entries of one connection, or of all. */
  filter(only: Connection | undefined): void
  clear(): void
}

interface Row {
  readonly element: HTMLElement
  readonly text: HTMLElement
}

export const makeTimeline = (log: EventLog, highlight: Highlight, say: (text: string) => void): Timeline => {
  const element = h("ol", { className: "entries", ariaLabel: "Timeline, newest first" })
  const rows = new Map<Entry, Row>()
  const changed = new Set<Entry>()
  let only: Connection | undefined

  const isHidden = ({ connection }: Entry): boolean => only !== undefined && connection !== only

  const drawEntry = (entry: Entry): void => {
    const says = describe(entry)
    let row = rows.get(entry)
    if (row === undefined) {
      row = makeRow(entry)
      rows.set(entry, row)
      highlight.attach(row.element, () => elementsOf(entry))
      element.prepend(row.element)
    }
    row.element.className = ["entry", entry._tag, isBad(entry) ? "bad" : ""].join(" ")
    row.element.hidden = isHidden(entry)
    // The kind of the entry is shown beside it.
    setText(row.text, says.replace(/^error: /, ""))
    if (/close|failed|error|dropped/.test(entry._tag)) say(`${entry.connection?.label ?? ""} ${says}`)
  }

  return {
    element,
    add: (entry) => void changed.add(entry),
    draw() {
      const visible = new Set(log.entries.slice(-atMost))
      for (const [entry, { element }] of rows)
        if (!visible.has(entry)) {
          element.remove()
          rows.delete(entry)
        }
      for (const entry of visible) if (changed.has(entry)) drawEntry(entry)
      changed.clear()
    },
    filter(connection) {
      only = connection
      for (const [entry, { element }] of rows) element.hidden = isHidden(entry)
    },
    clear() {
      rows.clear()
      changed.clear()
      element.replaceChildren()
    },
  }
}

const makeRow = (entry: Entry): Row => {
  const { _tag, at, connection } = entry
  const more = h("div", { className: "more" })
  const text = h("span", { className: "text" })
  const ontoggle = () => more.replaceChildren(...(details.open ? moreOf(entry) : []))
  const details: HTMLDetailsElement = h(
    "details",
    { ontoggle },
    h(
      "summary",
      {},
      h("time", { dateTime: new Date(at).toISOString() }, clock(at)),
      h("span", { className: "kind" }, _tag),
      h(
        "span",
        { className: "says" },
        h("span", { className: "label" }, `${connection?.label ?? ""} `),
        text,
      ),
    ),
    more,
  )
  return { element: h("li", {}, details), text }
}

/** Returns the elements that a frame has changed, or the connect element of another entry. */
const elementsOf = (entry: Entry): ReadonlyArray<Element> => {
  const refs = entry._tag === "frame" ? entry.changed : [entry.connection?.element]
  return refs.flatMap((ref) => ref?.deref() ?? [])
}

/** Returns the details of an entry that is opened. */
const moreOf = (entry: Entry): ReadonlyArray<Node> => {
  const line = (className: string, text: string) => h("p", { className }, text)
  const text = entry._tag === "frame" ? entry.frame.text : entry._tag === "sent" ? entry.text : ""
  const problems = entry._tag === "frame" ? entry.problems : []
  return [
    ...problems.flatMap(({ fix, sentence }) => [line("sentence", `${sentence}.`), line("", fix)]),
    line("url", (entry._tag === "dial" ? entry.url : entry.connection?.url) ?? ""),
    line("url", new Date(entry.at).toISOString()),
    ...(text === "" ? [] : [h("pre", { tabIndex: 0 }, text)]),
  ]
}
