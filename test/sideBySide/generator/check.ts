import { faultsOf } from "../compare.ts"
import { run } from "../run.ts"
import type { Tabs } from "../Tab.ts"
import { caseOf, type Plan, print } from "./Plan.ts"

const faults = async (tabs: Tabs, plan: Plan): Promise<ReadonlyArray<string>> => {
  const each = caseOf(plan)
  const official = await run(tabs, each, plan.version, "official")
  return faultsOf(each, plan.version, official, await run(tabs, each, plan.version, "ours"))
}

const parts = ["steps", "greetings", "elements"] as const

/** Returns all plans with one thing left out. */
const smaller = (plan: Plan): Array<Plan> =>
  parts.flatMap((part) =>
    plan[part].map((_, at) => ({ ...plan, [part]: (plan[part] as ReadonlyArray<unknown>).toSpliced(at, 1) })),
  )

/** Returns `undefined` if both scripts behave the same; else the smallest differing page found, and the diff. */
export const check = async (tabs: Tabs, plan: Plan): Promise<string | undefined> => {
  let found = await faults(tabs, plan)
  if (found.length === 0) return undefined
  let least = plan
  for (let rounds = 0; rounds < 30; rounds++) {
    let less: Plan | undefined
    for (const candidate of smaller(least)) {
      const still = await faults(tabs, candidate)
      if (still.length === 0) continue
      less = candidate
      found = still
      break
    }
    if (less === undefined) break
    least = less
  }
  return [print(least), ...found].join("\n")
}
