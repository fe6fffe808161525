/** Tables of ratios, in Markdown. */
import type { Generation } from "./dialects.ts"
import { ratioOf, type Spread } from "./ratios.ts"
import type { Sample } from "./rounds.ts"
import { type Row, rows } from "./rows.ts"

const figure = (ratio: number) => ratio.toFixed(Math.abs(ratio) < 10 ? 2 : 0)

const cell = (spread: Spread | "FAILED" | undefined): string =>
  spread === undefined
    ? "–"
    : spread === "FAILED"
      ? "**FAILED**"
      : `${figure(spread.median)} (${figure(spread.low)}–${figure(spread.high)})`

const verdict = (spread: Spread | "FAILED" | undefined, target: number | undefined): string =>
  target === undefined || spread === undefined || spread === "FAILED"
    ? ""
    : spread.median <= target
      ? "met"
      : spread.low <= target
        ? "within the spread"
        : "**missed**"

/** One table for one htmx: a line for each row that was measured. */
export const table = (samples: ReadonlyArray<Sample>, generation: Generation): string => {
  const mine = samples.filter((sample) => sample.generation === generation)
  const hasCandidate = mine.some(({ contestant }) => contestant === "candidate")
  const ratio = ({ measure, to, workload }: Row, contestant: string, other = to) =>
    contestant === other ? undefined : ratioOf(mine, workload, measure, contestant, other)
  const lines = rows
    .filter(({ contestant, workload }) =>
      mine.some((sample) => sample.workload === workload && sample.contestant === contestant),
    )
    .map((row) => {
      const ours = ratio(row, row.contestant)
      const target = row.target?.[generation]
      return [
        row.title,
        cell(ours),
        target === undefined ? "" : `≤ ${target.toFixed(2)}`,
        verdict(ours, target),
        cell(ratio({ ...row, measure: "wall" }, row.contestant)),
        cell(ratio(row, "bare")),
        ...(hasCandidate ? [cell(ratio(row, "candidate")), cell(ratio(row, "candidate", "ours"))] : []),
      ]
    })
  const head = ["", "ours", "target", "", "wall time", "bare WebSocket"]
  if (hasCandidate) head.push("candidate", "candidate / ours")
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")
}

/** What was not as it must be, each sentence once. */
export const faultsOf = (samples: ReadonlyArray<Sample>): Array<string> => [
  ...new Set(
    samples.flatMap(({ contestant, faults, generation, workload }) =>
      faults.map((fault) => `FAILED: ${workload}, ${contestant}, htmx ${generation}: ${fault}`),
    ),
  ),
]
