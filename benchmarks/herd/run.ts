/** Policies put through scenarios. */
import { Delays } from "./Delays.ts"
import type { Compared } from "./policies.ts"
import type { Told } from "./scenarios.ts"
import { type Course, simulate } from "./simulate.ts"
import { type Summary, summarize } from "./summarize.ts"

export interface Herd {
  readonly clients: number
  readonly seed: string
}

/** What became of one policy in one scenario. */
export interface Outcome {
  readonly policy: string
  readonly scenario: string
  readonly course: Course
  readonly summary: Summary
}

/** One policy after the other, since the delays of a million clients take memory. */
export const run = function* (
  { clients, seed }: Herd,
  policies: ReadonlyArray<Compared>,
  scenarios: ReadonlyArray<Told>,
): Generator<Outcome> {
  for (const { name: policy, policy: schedule } of policies) {
    const delays = new Delays(schedule, clients, seed)
    for (const scenario of scenarios) {
      const course = simulate(clients, delays, scenario)
      yield { policy, scenario: scenario.name, course, summary: summarize(course) }
    }
  }
}
