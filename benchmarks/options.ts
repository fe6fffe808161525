/** What the command line asks for. */
import { parseArgs } from "node:util"
import type { HtmxVersion } from "./dialects.ts"
import { workloads } from "./workloads/index.ts"

const { values } = parseArgs({
  options: {
    /** Workloads by name, with commas between; `growth` is one of its own. */
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    /** `2` or `4`; both, where nothing is said. */
    htmx: { type: "string" },
    /** Where to write the ratios of every round. */
    json: { type: "string" },
    /** Another build of a script, to stand beside ours as `candidate`. */
    against: { type: "string" },
    /** Workloads whose time is to be shown by function, instead of measured. */
    profile: { type: "string" },
    /** Puts the tables into `RESULTS.md`. */
    write: { type: "boolean", default: false },
  },
})

const refuse = (sentence: string): never => {
  console.error(sentence)
  process.exit(1)
}

const known = [...workloads.map(({ name }) => name), "growth"]
const names = (values.profile ?? values.only)?.split(",") ?? known
for (const name of names)
  if (!known.includes(name)) refuse(`There is no workload ${name}, but: ${known.join(", ")}.`)

const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) refuse("--rounds is a whole number from 1.")

const generations = (["2", "4"] satisfies Array<HtmxVersion>).filter((one) => (values.htmx ?? one) === one)
if (generations.length === 0) refuse("--htmx is 2 or 4.")
if (values.against !== undefined && generations.length !== 1)
  refuse("--against is a script for one htmx: say --htmx 2 or --htmx 4.")
if (values.write && !["growth", undefined].includes(values.only))
  refuse("--write takes whole tables: without --only, or with --only growth.")

/** The arguments that make a difference to what is measured: where the ratios go makes none. */
const shown = process.argv
  .slice(2)
  .filter((word, i, all) => !word.startsWith("--json") && all[i - 1] !== "--json")

export const options = {
  workloads: workloads.filter(({ name }) => names.includes(name)),
  growth: names.includes("growth"),
  profile: values.profile !== undefined,
  rounds,
  generations,
  json: values.json,
  against: values.against,
  write: values.write,
  command: ["npm run bench", ...(shown.length > 0 ? ["--", ...shown] : [])].join(" "),
}
