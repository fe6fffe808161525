import type { Play, Stage } from "./Stage.ts"

/** The result of one run of a workload. */
export interface Outcome {
  /** Figures by name of the measure; most workloads have `cpu` and `wall`. */
  readonly measures: Readonly<Record<string, number>>
  /** Sentences that describe what was wrong. */
  readonly faults: ReadonlyArray<string>
}

/** One activity of pages, as a benchmark. */
export interface Workload extends Pick<Play, "body" | "first" | "loaded" | "server" | "settings"> {
  /** Its name for `--only`. */
  readonly name: string
  /** Its name in tables. */
  readonly title: string
  /** The amount that is measured, and the smaller one for a test of the workload itself. */
  readonly size: number
  readonly tiny: number
  /** The most rounds in which it runs: a workload that takes a minute runs once. */
  readonly rounds?: number
  readonly run: (stage: Stage, size: number) => Promise<Outcome>
}

/** Returns a sentence if `actual` is not what was expected. */
export const differs = (what: string, actual: unknown, expected: unknown): Array<string> => {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is === should) return []
  const at = [...should].findIndex((char, i) => char !== is[i])
  const from = Math.max(0, at - 20)
  return [`${what}: …${is.slice(from, from + 60)}… where …${should.slice(from, from + 60)}… is expected`]
}
