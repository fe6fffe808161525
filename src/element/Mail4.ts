/** Letters in the queue of an element on htmx 4, where events and queue show the messages themselves. */
import type { Outgoing, Queued, WsConnection } from "../htmx/v4/WsConnection.ts"
import type { Letter, Mail } from "./Mail.ts"
import { discarded, dropped } from "./outcomes.ts"

/** The detail of `ws:before:message:outgoing`. It counts until all that listeners wait for is there. */
interface Question {
  cancelled: boolean
}

/** How far a message has come: on its way to the queue, where listeners may hold it up, or in it. */
type Stage = { readonly _tag: "Unready"; readonly asked?: Question } | { readonly _tag: "Accepted" }

interface Entry {
  readonly letter: Letter
  stage: Stage
}

export class Mail4 implements Mail {
  readonly #connection: WsConnection
  readonly #element: Element
  #entries = new Map<Partial<Outgoing>, Entry>()
  /** What was taken back before listeners were asked about it. */
  readonly #withdrawn = new WeakSet<Partial<Outgoing>>()

  constructor(connection: WsConnection, element: Element) {
    this.#connection = connection
    this.#element = element
  }

  send(letter: Letter): void {
    const message = { data: letter.payload }
    this.#entries.set(message, { letter, stage: { _tag: "Unready" } })
    void this.#connection.send(message).then((isAccepted) => {
      const entry = this.#entries.get(message)
      if (entry === undefined) return
      entry.stage = { _tag: "Accepted" }
      if (!isAccepted) this.#settle(message)?.failed(discarded(letter))
    })
  }

  waiting(): ReadonlyArray<Letter> {
    return [...this.#entries.values()].map(({ letter }) => letter)
  }

  replace(letters: ReadonlyArray<Letter>): void {
    const wanted = new Set(letters)
    const known = new Set(this.waiting())
    const added = letters
      .filter((letter) => !known.has(letter))
      .map((letter): [Outgoing, Entry] => [
        { values: {}, headers: {}, data: letter.payload },
        { letter, stage: { _tag: "Accepted" } },
      ])
    const kept: Array<[Partial<Outgoing>, Entry]> = []
    const removed = new Set<Partial<Outgoing>>()
    for (const [message, entry] of this.#entries) {
      if (wanted.has(entry.letter)) kept.push([message, entry])
      else {
        removed.add(message)
        this.#withdraw(message, entry.stage)
      }
    }
    this.#entries = new Map([...added, ...kept])
    const { queue } = this.#connection
    const front = added.map(([message]): Queued => ({ element: this.#element, message }))
    queue.splice(0, queue.length, ...front, ...queue.filter(({ message }) => !removed.has(message)))
  }

  review(): void {
    const queue = new Set<Partial<Outgoing>>(this.#connection.queue.map(({ message }) => message))
    for (const [message, { letter, stage }] of this.#entries)
      if (stage._tag === "Accepted" && !queue.has(message)) this.#settle(message)?.failed(discarded(letter))
  }

  /** Listeners are asked whether they agree to a message. */
  asked(message: Outgoing, question: Question): void {
    const entry = this.#entries.get(message)
    if (entry !== undefined) entry.stage = { _tag: "Unready", asked: question }
    else if (this.#withdrawn.has(message)) question.cancelled = true
  }

  /** A message was written. */
  sent(message: Outgoing): void {
    this.#settle(message)?.written()
  }

  /** A message was lost. */
  dropped(message: Outgoing, reason: unknown): void {
    // What goes with its connection is told when that has gone. An open socket can only have refused it.
    const isRefused =
      this.#entries.get(message)?.stage._tag === "Accepted" && this.#connection.state === "open"
    if (reason === "closed" && !isRefused) return
    const letter = this.#settle(message)
    letter?.failed(dropped(letter, reason))
  }

  #withdraw(message: Partial<Outgoing>, stage: Stage): void {
    if (stage._tag === "Accepted") return
    if (stage.asked === undefined) this.#withdrawn.add(message)
    else stage.asked.cancelled = true
  }

  #settle(message: Partial<Outgoing>): Letter | undefined {
    const letter = this.#entries.get(message)?.letter
    this.#entries.delete(message)
    return letter
  }
}
