/** Formats tables of ratios as Markdown. */
import type { HtmxVersion } from "./dialects.ts"
import { type Ratio, ratioOf } from "./ratios.ts"
import type { Sample } from "./rounds.ts"
import { rows } from "./rows.ts"
import type { Series } from "./workloads/growth.ts"

const figure = (ratio: number) => ratio.toFixed(Math.abs(ratio) < 10 ? 2 : 0)

const cell = (ratio: Ratio | undefined): string => {
  if (ratio === undefined) return ""
  if (ratio._tag === "Failed") return "**FAILED**"
  const { high, low, median, rounds } = ratio
  return rounds.length === 1 ? figure(median) : `${figure(median)} (${figure(low)}–${figure(high)})`
}

const verdict = (ratio: Ratio | undefined, target: number | undefined): string => {
  if (target === undefined || ratio?._tag !== "Spread") return ""
  if (ratio.median <= target) return "met"
  return ratio.low <= target ? "met within the spread" : "**missed**"
}

const markdown = (head: ReadonlyArray<string>, lines: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")

/** Returns every ratio of one htmx by its row, with all rounds. */
export const ratiosOf = (samples: ReadonlyArray<Sample>, generation: HtmxVersion) =>
  rows.flatMap(({ contestant, measure, target, title, to, workload }) => {
    const ratio = (of: string, measured = measure, other = to) =>
      of === other
        ? undefined
        : ratioOf(
            samples,
            generation,
            { workload, contestant: of, measure: measured },
            { workload, contestant: other, measure: measured },
          )
    const ours = ratio(contestant)
    if (ours === undefined) return []
    return {
      title,
      target: target?.[generation],
      ours,
      wall: measure === "cpu" ? ratio(contestant, "wall") : undefined,
      bare: ratio("bare"),
      candidate: ratio("candidate"),
      candidateToOurs: ratio("candidate", measure, "ours"),
    }
  })

/** Returns the table for one htmx, with a line for each row that was measured. */
export const table = (samples: ReadonlyArray<Sample>, generation: HtmxVersion): string => {
  const ratios = ratiosOf(samples, generation)
  const candidates = ratios.some(({ candidate }) => candidate !== undefined)
    ? ["candidate", "candidate / ours"]
    : []
  return markdown(
    ["", "ours", "target", "", "ours, wall time", "bare WebSocket", ...candidates],
    ratios.map(({ bare, candidate, candidateToOurs, ours, target, title, wall }) => [
      title,
      cell(ours),
      target === undefined ? "" : `≤ ${target.toFixed(2)}`,
      verdict(ours, target),
      cell(wall),
      cell(bare),
      ...(candidates.length > 0 ? [cell(candidate), cell(candidateToOurs)] : []),
    ]),
  )
}

/** Returns the points of a series for one htmx, each compared with the first point of the same contestant. */
export const growthOf = (
  samples: ReadonlyArray<Sample>,
  generation: HtmxVersion,
  { points, title }: Series,
) => {
  const first = points[0]?.[1].name ?? ""
  const ratio = (contestant: string, workload: string) =>
    ratioOf(
      samples,
      generation,
      { contestant, workload, measure: "cost" },
      { contestant, workload: first, measure: "cost" },
    )
  return points.map(([label, { name }]) => ({
    title,
    label,
    ours: ratio("ours", name),
    official: ratio("official", name),
    bare: ratio("bare", name),
  }))
}

/** Returns the table for one series on one htmx. */
export const growthTable = (
  samples: ReadonlyArray<Sample>,
  generation: HtmxVersion,
  series: Series,
): string =>
  markdown(
    [series.title, "ours", "official", "bare WebSocket"],
    growthOf(samples, generation, series).map(({ bare, label, official, ours }) => [
      label,
      cell(ours),
      cell(official),
      cell(bare),
    ]),
  )

/** Returns the sentences that describe what was wrong, each once. */
export const faultsOf = (samples: ReadonlyArray<Sample>): Array<string> => [
  ...new Set(
    samples.flatMap(({ contestant, faults, generation, workload }) =>
      faults.map((fault) => `FAILED: ${workload}, ${contestant}, htmx ${generation}: ${fault}`),
    ),
  ),
]
