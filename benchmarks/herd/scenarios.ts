/** The failures of the server that are simulated. */
import { connectionOf } from "./policies.ts"
import type { Scenario } from "./simulate.ts"

const second = 1000
const minute = 60 * second

/** Ordinary values: connections lost at once are lost within 50 ms, and a refusal takes as long. */
const ordinary = { lostWithin: 50, failsAfter: 50, patience: second }

/** A server that needs 20 s for all of its clients. */
const busy = { ...ordinary, capacity: 1 / 20 }
const idle = { ...ordinary, capacity: Number.POSITIVE_INFINITY }

export interface Recorded extends Scenario {
  readonly name: string
}

const restart = { ...busy, name: "A restart of 0.5 s", outage: second / 2 }
const outage = { ...busy, name: "An outage of 30 s", outage: 30 * second }

export const scenarios: ReadonlyArray<Recorded> = [
  { ...restart, ...idle, name: `${restart.name}, a server that takes any number of dials` },
  restart,
  {
    ...busy,
    name: "A restart that closes connections over 20 s, never away",
    outage: 0,
    lostWithin: 20 * second,
  },
  { ...busy, name: "An outage of 5 s", outage: 5 * second },
  { ...outage, ...idle, name: `${outage.name}, a server that takes any number of dials` },
  outage,
  {
    ...outage,
    name: `${outage.name}, in which dials hang`,
    failsAfter: connectionOf().connectTimeout,
  },
  { ...busy, name: "An outage of 5 min", outage: 5 * minute },
]

/** The scenarios of the figure, and how many seconds of each it shows. */
export const drawn: ReadonlyArray<{ readonly name: string; readonly seconds: number }> = [
  { name: restart.name, seconds: 60 },
  { name: outage.name, seconds: 120 },
]
