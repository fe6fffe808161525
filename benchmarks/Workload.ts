import type { Play, Stage } from "./Stage.ts"

/** What one run of a workload came to. */
export interface Outcome {
  /** By the name of the measure; `cpu` and `wall` are what most have. */
  readonly measures: Readonly<Record<string, number>>
  /** What was not as it must be, in sentences. */
  readonly faults: ReadonlyArray<string>
}

/** One thing that pages do. */
export interface Workload extends Pick<Play, "body" | "first" | "loaded" | "server" | "settings"> {
  /** What `--only` calls it. */
  readonly name: string
  /** What a table calls it. */
  readonly title: string
  /** How much of it is measured, and how little a test of the workload itself needs. */
  readonly size: number
  readonly tiny: number
  /** In how many rounds it is run at most: what takes a minute is run once. */
  readonly rounds?: number
  readonly run: (stage: Stage, size: number) => Promise<Outcome>
}

/** A sentence where `actual` is not what was expected. */
export const differs = (what: string, actual: unknown, expected: unknown): Array<string> => {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is === should) return []
  const at = [...should].findIndex((char, i) => char !== is[i])
  const from = Math.max(0, at - 20)
  return [`${what}: …${is.slice(from, from + 60)}… where …${should.slice(from, from + 60)}… is expected`]
}
