/** The account of messages as tables for the docs. */
import { faults } from "../faults/faults.ts"
import { type Account, NONE } from "./Losses.ts"

interface Extent {
  readonly first: number
  readonly seeds: number
  readonly seconds: number
}

const number = (count: number): string => count.toLocaleString("en")
const row = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<string>): string =>
  [row(...head), row(...head.map(() => "---")), ...rows].join("\n")

const describe = (fault: string): string =>
  fault === NONE
    ? "Nothing, or the page itself closed it, dialled anew, hid it or removed its element."
    : fault === "restart"
      ? "The server closes all its connections with 1012, and resets them."
      : (faults[fault as keyof typeof faults]?.does ?? fault)

export const report = (
  accounts: ReadonlyArray<readonly [htmx: string, account: Account]>,
  { first, seeds, seconds }: Extent,
): string => {
  const outcomes = accounts.map(([htmx, { dropped, messages, outcomes, received, wrong }]) => {
    const reasons = Object.entries(dropped).map(([reason, count]) => `${number(count)} ${reason}`)
    return row(
      htmx,
      ...[messages - outcomes.refused, outcomes.sent, outcomes.vetoed, outcomes.taken].map(number),
      `${number(outcomes.dropped)} (${reasons.join(", ")})`,
      number(wrong.length),
      number(received),
    )
  })
  const names = [...new Set(accounts.flatMap(([, { byFault }]) => Object.keys(byFault)))]
  const faultRows = names
    .map((name) => {
      const all = accounts.map(([, { byFault }]) => byFault[name] ?? { connections: 0, written: 0, lost: 0 })
      const sum = (key: "connections" | "written" | "lost") => all.reduce((sum, each) => sum + each[key], 0)
      return { name, connections: sum("connections"), written: sum("written"), lost: sum("lost") }
    })
    .filter(({ connections }) => connections > 0)
    .sort(
      (a, b) =>
        Number(a.name !== NONE) - Number(b.name !== NONE) || b.lost / b.connections - a.lost / a.connections,
    )
    .map(({ connections, lost, name, written }) =>
      row(
        describe(name),
        number(connections),
        number(written),
        number(lost),
        (lost / connections).toFixed(2),
      ),
    )
  const command = `npm run account -- --seeds ${seeds} --seconds ${seconds} --seed ${first} --write`
  return `${table(
    ["htmx", "accepted", "sent", "vetoed", "taken", "dropped", "none, or two", "received"],
    outcomes,
  )}

${table(
  ["what befell the connection", "connections", "messages written", "lost in flight", "for each connection"],
  faultRows,
)}

\`${command}\`, ${seeds} times ${seconds} s on each htmx.`
}
