/** Ratios of what was measured. Only ratios are reported, since they do not depend on the machine. */
import type { HtmxVersion } from "./dialects.ts"
import type { Sample } from "./rounds.ts"

/** A figure of one contestant. */
export interface Figure {
  readonly workload: string
  readonly contestant: string
  readonly measure: string
}

export type Ratio =
  | { readonly _tag: "Failed" }
  | {
      readonly _tag: "Spread"
      readonly rounds: ReadonlyArray<number>
      readonly median: number
      /** The first quartile of the rounds. */
      readonly low: number
      /** The third quartile of the rounds. */
      readonly high: number
    }

const quantile = (sorted: ReadonlyArray<number>, q: number): number => {
  const at = (sorted.length - 1) * q
  const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return below + (above - below) * (at % 1)
}

/** Compares one figure with another: the ratio in each round, and the spread. Returns `undefined` if one is missing. */
export const ratioOf = (
  samples: ReadonlyArray<Sample>,
  generation: HtmxVersion,
  figure: Figure,
  to: Figure,
): Ratio | undefined => {
  const of = ({ contestant, workload }: Figure) =>
    samples.filter(
      (sample) =>
        sample.generation === generation && sample.workload === workload && sample.contestant === contestant,
    )
  const [ours, theirs] = [of(figure), of(to)]
  if (ours.length === 0) return undefined
  if ([...ours, ...theirs].some(({ faults }) => faults.length > 0)) return { _tag: "Failed" }
  const rounds = ours.flatMap(({ measures, round }) => {
    const base = theirs.find((sample) => sample.round === round)?.measures[to.measure]
    const value = measures[figure.measure]
    return value === undefined || base === undefined ? [] : [value / base]
  })
  if (rounds.length === 0) return undefined
  const sorted = rounds.toSorted((a, b) => a - b)
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => quantile(sorted, q)) as [number, number, number]
  return { _tag: "Spread", rounds, median, low, high }
}
