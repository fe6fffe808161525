/** Runs policies in scenarios. */
import { Delays } from "./Delays.ts"
import type { Compared } from "./policies.ts"
import type { Recorded } from "./scenarios.ts"
import { type Course, simulate } from "./simulate.ts"
import { type Summary, summarize } from "./summarize.ts"

export interface Herd {
  readonly clients: number
  readonly seed: string
}

/** A course without the times of each client, which would take too much memory for a million of them. */
export type Traffic = Omit<Course, "lostAt" | "backAt">

const trafficOf = ({ scenario, clients, dials, returns }: Course): Traffic => ({
  scenario,
  clients,
  dials,
  returns,
})

/** The result of one policy in one scenario. */
export interface Outcome {
  readonly policy: string
  readonly scenario: string
  readonly traffic: Traffic
  readonly summary: Summary
}

/** Runs one policy after the other, so that the delays of one are freed before the next. */
export const run = function* (
  { clients, seed }: Herd,
  policies: ReadonlyArray<Compared>,
  scenarios: ReadonlyArray<Recorded>,
): Generator<Outcome> {
  for (const { name: policy, policy: schedule } of policies) {
    const delays = new Delays(schedule, clients, seed)
    for (const scenario of scenarios) {
      const course = simulate(clients, delays, scenario)
      yield {
        policy,
        scenario: scenario.name,
        traffic: trafficOf(course),
        summary: summarize(course),
      }
    }
  }
}
