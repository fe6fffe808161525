/** Plays many cells, and collects what is wrong with them. */

import type { HtmxVersion } from "../../setup/pages.ts"
import { type ActionName, actionNames, actionOf } from "./actions.ts"
import { type Disturbance, type Outcome, play } from "./cell.ts"
import { type EventName, eventNames } from "./events.ts"
import { Subject } from "./Subject.ts"
import { type StateName, stateNames } from "./states.ts"
import { expected } from "./table.ts"

export interface Cell {
  readonly state: StateName
  readonly event: EventName
}

/** All cells, or every so manieth, such that each state and each event has some. */
export const cells = (every = 1, offset = 0): ReadonlyArray<Cell> =>
  eventNames.flatMap((event, row) =>
    stateNames
      .filter((_, column) => (row + column + offset) % every === 0)
      .map((state) => ({ state, event })),
  )

/** Cells in which, together, each event of the extension is dispatched. */
export const eventful: ReadonlyArray<Cell> = [
  { state: "connecting", event: "opens" },
  { state: "connecting", event: "send too many" },
  { state: "open", event: "submit" },
  { state: "open", event: "submit without" },
  { state: "open", event: "frame and end" },
  { state: "waiting", event: "a second" },
  { state: "last retry", event: "drop" },
]

/** A cell with a listener in one of its events. */
export interface Disturbed extends Cell, Disturbance {
  /** The event of the extension in which the listener acts. */
  readonly name: string
}

/** How many cells are played on one page: jsdom takes longer, the more nodes there have been. */
const most = 250

/** Plays cells on one htmx. */
export class Player implements Disposable {
  readonly htmx: HtmxVersion
  /** What is wrong, as `state × event: problem`. */
  readonly problems: Array<string> = []
  played = 0
  #subject: Subject | undefined
  #left = 0

  constructor(htmx: HtmxVersion) {
    this.htmx = htmx
  }

  /** The events of the extension. */
  get names(): ReadonlyArray<string> {
    return this.#subject?.dialect.events ?? []
  }

  [Symbol.dispose](): void {
    this.#subject?.[Symbol.dispose]()
  }

  /** Plays a cell, and compares its end with the table. */
  async play({ event, state }: Cell): Promise<Outcome> {
    const outcome = await this.#play({ event, state })
    const wanted = expected(this.htmx, state, event)
    if (outcome.state !== wanted) this.#note({ event, state }, `it is ${outcome.state}, not ${wanted}`)
    return outcome
  }

  /** Plays a cell with a listener in it. `before` is what came of it without one. */
  async disturb(cell: Disturbed, before: Outcome): Promise<void> {
    const outcome = await this.#play(cell, cell)
    const isSame = outcome.state === before.state && String(outcome.events) === String(before.events)
    if (actionOf(cell.action).isHarmless && !isSame)
      this.#note(
        cell,
        `${before.state} after ${before.events} became ${outcome.state} after ${outcome.events}`,
      )
  }

  async #play(cell: Cell & Partial<Disturbed>, disturbance?: Disturbance): Promise<Outcome> {
    if (this.#left-- <= 0) {
      this.#subject?.[Symbol.dispose]()
      this.#subject = await Subject.open(this.htmx)
      this.#left = most
    }
    this.played++
    const outcome = await play(this.#subject as Subject, cell.state, cell.event, disturbance)
    for (const problem of outcome.problems) this.#note(cell, problem)
    return outcome
  }

  #note({ action, at, event, name, state }: Cell & Partial<Disturbed>, problem: string): void {
    const listener =
      action === undefined ? "" : `, where a listener of ${name} (${at}) ${actionOf(action).sentence}`
    this.problems.push(`htmx ${this.htmx}, ${state} × ${event}${listener}: ${problem}`)
  }
}

/** Every listener that may act in a cell with these events. */
export const disturbances = (cell: Cell, { events }: Outcome): ReadonlyArray<Disturbed> =>
  events.flatMap((name, at) => actionNames.map((action: ActionName) => ({ ...cell, at, action, name })))
