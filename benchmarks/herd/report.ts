/** The tables and the figure that the command prints and the docs show. */
import { type Panel, plot } from "./plot.ts"
import { policies } from "./policies.ts"
import { type Herd, type Outcome, run } from "./run.ts"
import { drawn, scenarios } from "./scenarios.ts"
import { summaryTable } from "./tables.ts"

/** The parameters for the docs. */
export const docs: Herd = { clients: 10_000, seed: "herd" }

/** Runs all policies in all scenarios. */
export const everything = (herd: Herd): ReadonlyArray<Outcome> => [...run(herd, policies, scenarios)]

const title = (name: string): string => `**${name}**`

/** Returns a table for each scenario. */
export const tables = (outcomes: ReadonlyArray<Outcome>): string =>
  scenarios
    .map(({ name }) => {
      const rows = outcomes.filter(({ scenario }) => scenario === name)
      return `${title(name)}\n\n${summaryTable(
        "policy",
        rows.map(({ policy, summary }) => [policy, summary] as const),
      )}`
    })
    .join("\n\n")

/** Runs the default policy in the scenarios of the figure, with other numbers of clients. */
export const sizes = (numbers: ReadonlyArray<number>, seed: string): string => {
  const shown = scenarios.filter(({ name }) => drawn.some((one) => one.name === name))
  const outcomes = numbers.flatMap((clients) => [...run({ clients, seed }, policies.slice(0, 1), shown)])
  return shown
    .map(({ name }) => {
      const rows = outcomes.filter(({ scenario }) => scenario === name)
      return `${title(`${name}, ${policies[0]?.name}`)}\n\n${summaryTable(
        "clients",
        rows.map(({ traffic, summary }) => [traffic.clients.toLocaleString("en"), summary] as const),
      )}`
    })
    .join("\n\n")
}

const panelOf = ({ traffic, summary }: Outcome): Panel => ({
  traffic,
  remark: `99 % back after ${(summary.back99 / 1000).toFixed(1)} s`,
})

export const figure = (outcomes: ReadonlyArray<Outcome>): string => {
  const rows = policies.map(({ name }) => ({
    name,
    panels: drawn.flatMap((column) =>
      outcomes.filter(({ policy, scenario }) => policy === name && scenario === column.name).map(panelOf),
    ),
  }))
  const description = rows
    .map(({ name, panels }) => `${name}: ${panels.map(({ remark }) => remark).join("; ")}.`)
    .join(" ")
  return plot(
    "Dials after a server has gone away",
    `Dials per second and clients back over time, by policy; ${drawn.map(({ name }) => name.toLowerCase()).join(" and ")}. ${description}`,
    drawn,
    rows,
  )
}
