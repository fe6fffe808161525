/** Carries out the plans of some seeds against the core. A worker of `core.ts`. */
import { parentPort } from "node:worker_threads"
import * as fc from "fast-check"
import { carryOut, commands, listeners, type Plan, print } from "../core/plans.ts"
import { type Tally, Thrown } from "../core/Run.ts"
import { shrink } from "./shrink.ts"

export interface Chunk {
  readonly seed: number
  readonly runs: number
  readonly length: number
}

export interface Outcome {
  readonly runs: number
  readonly tally: Partial<Tally>
  readonly failure: string | undefined
}

// What a listener throws is reported as a rejection that nobody handles.
let unexpected: unknown
process.on("unhandledRejection", (error) => {
  if (!(error instanceof Thrown)) unexpected ??= error
})

/** Of each two seeds one has listeners that give commands. */
const plan = (seed: number, length: number): Plan => {
  const plans: fc.Arbitrary<Plan> = seed % 2 === 0 ? commands(length) : listeners(length)
  return fc.sample(fc.noBias(plans), { seed, numRuns: 1 })[0] as Plan
}

const errorOf = (plan: Plan): unknown => {
  try {
    carryOut(plan)
    return undefined
  } catch (error) {
    return error
  }
}

const run = async ({ length, runs, seed }: Chunk): Promise<Outcome> => {
  const tally: Record<string, number> = {}
  for (let done = 0; done < runs; done++) {
    const drawn = plan(seed + done, length)
    try {
      for (const [name, count] of Object.entries<number>(carryOut(drawn).tally as never))
        tally[name] = (tally[name] ?? 0) + count
    } catch {
      const steps = await shrink(drawn.steps, (steps) => errorOf({ ...drawn, steps }) !== undefined)
      const least = { ...drawn, steps }
      const failure = `seed ${seed + done}\n${print(least)}\n${(errorOf(least) as Error)?.stack}`
      return { runs: done + 1, tally, failure }
    }
  }
  await new Promise(setImmediate)
  const failure = unexpected === undefined ? undefined : `seeds ${seed} to ${seed + runs - 1}: ${unexpected}`
  return { runs, tally, failure }
}

parentPort?.on(
  "message",
  (chunk: Chunk) => void run(chunk).then((outcome) => parentPort?.postMessage(outcome)),
)
