/** What came of all faults, as a table for the docs. */
import { type FaultName, faultNames, faults } from "./faults.ts"
import type { Result } from "./run.ts"

export interface Outcome extends Result {
  readonly client: string
}

const words = { stays: "stays open", again: "dials again", final: "stays closed" }

const cell = (outcomes: ReadonlyArray<Outcome>): string => {
  const kinds = outcomes.map(({ code, complaints, outcome }) =>
    complaints.length > 0 ? "**wrong**" : `${words[outcome]}${code === "none" ? "" : ` (${code})`}`,
  )
  return [...new Set(kinds)].join(", ") || "–"
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

const row = (cells: ReadonlyArray<unknown>): string => `| ${cells.join(" | ")} |`

/** `flaps` are the dials in eight seconds, by client and fault. */
export const table = (
  clients: ReadonlyArray<string>,
  outcomes: ReadonlyArray<Outcome>,
  flaps: ReadonlyMap<string, ReadonlyMap<FaultName, number>>,
): string => {
  const head = ["fault", ...clients, "cases", "dials", "dials in 8 s"]
  const rows = faultNames.map((name) => {
    const own = outcomes.filter((outcome) => outcome.name === name)
    const most = Math.max(...[...flaps.values()].map((dials) => dials.get(name) ?? 0))
    return row([
      faults[name].does,
      ...clients.map((client) => cell(own.filter((outcome) => outcome.client === client))),
      own.length,
      sum(own.map(({ dials }) => dials)),
      most > 0 ? most : "",
    ])
  })
  return [row(head), row(head.map(() => "---")), ...rows].join("\n")
}

/** A sentence for all of them. */
export const summary = (outcomes: ReadonlyArray<Outcome>, behind: ReadonlyMap<string, number>): string => {
  const accepted = sum(outcomes.map((outcome) => outcome.accepted))
  const lost = sum(outcomes.map((outcome) => outcome.lost))
  const wrong = outcomes.filter(({ complaints }) => complaints.length > 0).length
  const waits = [...behind].map(([client, waited]) => `${(waited / 1_000).toFixed(1)} s ${client}`)
  return `${faultNames.length} faults in ${outcomes.length} cases, ${wrong} of them not as they should be. Of ${accepted} messages that were accepted, each had one outcome, and none was read twice; ${lost} had been written to a connection that had failed without its client knowing yet, and were not read. Behind a handshake that hangs, with a \`connectTimeout\` of a second, a good connection to the same server was open after at most ${waits.join(", ")}.`
}
