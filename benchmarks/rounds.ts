/** Interleaved rounds: each round measures all contestants within seconds of one another. */
import type { Browser } from "./Browser.ts"
import type { Contestant } from "./contestants.ts"
import type { HtmxVersion } from "./dialects.ts"
import { Stage } from "./Stage.ts"
import type { Outcome, Workload } from "./Workload.ts"

/** One contestant at one workload in one round. */
export interface Sample extends Outcome {
  readonly generation: HtmxVersion
  readonly workload: string
  readonly contestant: string
  readonly round: number
}

/** Thrown if a build does not know the settings of its contestant, or their values. */
class Unsupported extends Error {}

/** The time limit of one run of a workload, in milliseconds. */
export const patience = 60_000

/** Reports a run that throws or exceeds its limit as a fault. Throws if the browser has exited. */
export const sample = async (
  browser: Browser,
  generation: HtmxVersion,
  workload: Workload,
  contestant: Contestant,
  size: number,
  limit = patience,
): Promise<Outcome> => {
  const play = { ...workload, generation, contestant }
  try {
    return await Stage.with(browser, play, limit, async (stage) => {
      const outcome = await workload.run(stage, size)
      const unknown = stage.page.complaints.find((text) =>
        / was ignored: |there is no setting|it is left aside/.test(text),
      )
      if (contestant.settings !== undefined && unknown !== undefined) throw new Unsupported(unknown)
      return { ...outcome, faults: [...outcome.faults, ...stage.page.complaints] }
    })
  } catch (cause) {
    if (cause instanceof Unsupported || !browser.isConnected) throw cause
    return { measures: {}, faults: [String(cause)] }
  }
}

export interface Plan {
  readonly generation: HtmxVersion
  readonly workloads: ReadonlyArray<Workload>
  readonly contestants: ReadonlyArray<Contestant>
  readonly rounds: number
}

/** Each round starts one contestant later than the round before. */
const rotated = <T>(list: ReadonlyArray<T>, by: number): Array<T> =>
  list.map((_, i) => list[(i + by) % list.length] as T)

/** Skips a contestant whose settings its build does not know, and reports that to `progress`. */
export const play = async (
  browser: Browser,
  { contestants, generation, rounds, workloads }: Plan,
  progress: (sentence: string) => void,
): Promise<Array<Sample>> => {
  const samples: Array<Sample> = []
  const excused = new Set<string>()
  for (let round = 0; round < rounds; round++)
    for (const workload of workloads.filter(({ rounds: most = rounds }) => round < most)) {
      progress(`htmx ${generation}, round ${round + 1} of ${rounds}: ${workload.title}`)
      const present = contestants.filter(
        ({ name, only }) => !excused.has(name) && (only?.includes(workload.name) ?? true),
      )
      for (const contestant of rotated(present, round)) {
        try {
          const outcome = await sample(browser, generation, workload, contestant, workload.size)
          samples.push({
            generation,
            workload: workload.name,
            contestant: contestant.name,
            round,
            ...outcome,
          })
        } catch (cause) {
          if (!(cause instanceof Unsupported)) throw cause
          excused.add(contestant.name)
          progress(`${contestant.name} is skipped: ${cause.message}`)
        }
      }
    }
  return samples
}
