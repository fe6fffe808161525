/** The account of messages: each that was accepted ends once, and the wire and the events agree with how. */

/** What is known of one message. */
interface Entry {
  isAccepted: boolean
  /** How it has ended, as its sender was told. */
  readonly endings: Array<string>
  /** How often an event said that it was written. */
  sentEvents: number
  /** How often an event said that it was dropped. */
  droppedEvents: number
}

/** Messages that were dropped with an event. */
const drops = new Set(["overflow", "expired", "refused", "closed"])

export class Account {
  readonly #entries = new Map<string, Entry>()
  #last = 0

  /** Opens an entry, and returns the text of its message. */
  next(): string {
    const text = `message-${++this.#last}`
    this.#entries.set(text, { isAccepted: false, endings: [], sentEvents: 0, droppedEvents: 0 })
    return text
  }

  /** The message in a text, such as the JSON of a form. */
  of(text: unknown): Entry | undefined {
    const [name = ""] = /message-\d+/.exec(String(text)) ?? []
    return this.#entries.get(name)
  }

  /** What is wrong with it: `isOver` if nothing can wait any more. */
  problems(wire: ReadonlyArray<unknown>, isOver: boolean): Array<string> {
    const written = new Map<Entry | undefined, number>()
    for (const data of wire) {
      const entry = this.of(data)
      written.set(entry, (written.get(entry) ?? 0) + 1)
    }
    const problems: Array<string> = []
    for (const [text, entry] of this.#entries) {
      const { droppedEvents, endings, isAccepted, sentEvents } = entry
      const [ending] = endings
      const isWritten = Number(ending === "written")
      // What was refused at once is an error of its sender, and no drop.
      const isDropped = isAccepted ? Number(drops.has(ending ?? "")) : droppedEvents
      const expected = [isWritten, isWritten, isDropped]
      const actual = [written.get(entry) ?? 0, sentEvents, droppedEvents]
      if (String(actual) !== String(expected))
        problems.push(`${text} ended ${ending}, but [written, sent, dropped] is [${actual}]`)
      if (new Set(endings).size > 1) problems.push(`${text} ended as ${endings.join(", ")}`)
      if (isOver && isAccepted && endings.length === 0) problems.push(`${text} has no end`)
    }
    return problems
  }
}
