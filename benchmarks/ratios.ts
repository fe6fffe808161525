/** Of everything measured, only how it compares is told: the machine cancels out. */
import type { Sample } from "./rounds.ts"

export interface Spread {
  readonly median: number
  /** A quarter of the rounds lies below. */
  readonly low: number
  /** A quarter of the rounds lies above. */
  readonly high: number
}

const quantile = (sorted: ReadonlyArray<number>, q: number): number => {
  const at = (sorted.length - 1) * q
  const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return below + (above - below) * (at % 1)
}

export const spreadOf = (values: ReadonlyArray<number>): Spread => {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** How one contestant compares with another at one workload: the ratio in each round, and their spread. */
export const ratioOf = (
  samples: ReadonlyArray<Sample>,
  workload: string,
  measure: string,
  contestant: string,
  to: string,
): Spread | "FAILED" | undefined => {
  const ours = samples.filter((sample) => sample.workload === workload && sample.contestant === contestant)
  if (ours.length === 0) return undefined
  if (ours.some(({ faults }) => faults.length > 0)) return "FAILED"
  const ratios = ours.flatMap(({ generation, measures, round }) => {
    const other = samples.find(
      (sample) =>
        sample.generation === generation &&
        sample.workload === workload &&
        sample.round === round &&
        sample.contestant === to,
    )
    const [value, base] = [measures[measure], other?.measures[measure]]
    return value === undefined || base === undefined ? [] : [value / base]
  })
  return ratios.length === 0 ? undefined : spreadOf(ratios)
}
