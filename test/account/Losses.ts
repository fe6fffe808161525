/** Compares what pages say of their messages with what the servers got. */
import type { FaultServer } from "../faults/FaultServer.ts"
import type { Entry, Outcome } from "./inPage.ts"

export interface Account {
  messages: number
  readonly outcomes: Record<Outcome, number>
  /** By reason. */
  readonly dropped: Record<string, number>
  /** What was written, and what of that no server got, by what befell the connection. */
  readonly byFault: Record<string, { connections: number; written: number; lost: number }>
  received: number
  /** What must not be. */
  readonly wrong: Array<string>
}

export const emptyAccount = (): Account => ({
  messages: 0,
  outcomes: { sent: 0, vetoed: 0, taken: 0, dropped: 0, refused: 0 },
  dropped: {},
  byFault: {},
  received: 0,
  wrong: [],
})

const endings: Readonly<Record<string, Outcome>> = { written: "sent", vetoed: "vetoed", removed: "taken" }
const outcomeOf = (ending: string): Outcome => endings[ending] ?? "dropped"

/** What became of a message: each event counts, and of those without an element what `settle` was called with first. */
const outcomesOf = ({ endings: [first], events, isQuiet }: Entry): ReadonlyArray<Outcome> =>
  events.length === 0 && isQuiet && first !== undefined ? [outcomeOf(first)] : events

const idOf = (text: string): string | undefined => /p\d+m\d+/.exec(text)?.[0]

/** Adds the messages of pages. `faultOf` returns what befell the connection of a path. */
export const settleAccount = (
  account: Account,
  entries: ReadonlyArray<Entry>,
  server: FaultServer,
  faultOf: (path: string) => string,
): void => {
  const { byFault, outcomes, wrong } = account
  const got = new Map<string, Array<string>>()
  const faultAt = (path: string) => {
    const name = faultOf(path)
    byFault[name] ??= { connections: 0, written: 0, lost: 0 }
    return byFault[name]
  }
  for (const dial of server.dials) {
    if (dial.openedAt !== undefined) faultAt(dial.path).connections++
    for (const { data } of dial.messages) {
      const id = idOf(data)
      if (id === undefined) continue
      got.set(id, [...(got.get(id) ?? []), dial.path])
    }
  }
  for (const entry of entries) {
    const { endings, id, path = "", reason = "", via } = entry
    const found = outcomesOf(entry)
    const [outcome] = found
    const arrivals = got.get(id) ?? []
    const says = `${id} (${via}): events ${found.join(", ") || "none"}; settled ${endings.join(", ") || "never"}; received by ${arrivals.join(", ") || "nobody"}`
    account.messages++
    account.received += arrivals.length
    if (outcome === undefined || found.length > 1 || arrivals.length > 1) wrong.push(says)
    if (outcome === undefined) continue
    outcomes[outcome]++
    if (outcome === "dropped") account.dropped[reason] = (account.dropped[reason] ?? 0) + 1
    if (outcome !== "refused" && endings[0] !== undefined && outcomeOf(endings[0]) !== outcome)
      wrong.push(says)
    if (outcome !== "sent") {
      if (arrivals.length > 0) wrong.push(says)
      continue
    }
    const fault = faultAt(path)
    fault.written++
    if (arrivals.length > 0) continue
    fault.lost++
    if (faultOf(path) === NONE) wrong.push(`${says}; lost on ${path}, which had no fault`)
  }
}

/** What befell the connections that nothing befell. */
export const NONE = "none"
