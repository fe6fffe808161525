/** The options of the command line. */
import { parseArgs } from "node:util"
import type { HtmxVersion } from "./dialects.ts"
import { workloads } from "./workloads/index.ts"

const { values } = parseArgs({
  options: {
    /** Names of workloads, separated by commas; `growth` is a separate measurement. */
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    /** `2` or `4`. @default both */
    htmx: { type: "string" },
    /** The file for the ratios of every round. */
    json: { type: "string" },
    /** Another build of a script, measured beside ours as `candidate`. */
    against: { type: "string" },
    /** Workloads to profile by function instead of measuring them. */
    profile: { type: "string" },
    /** Whether to write the tables into `RESULTS.md`. */
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
  if (!known.includes(name)) refuse(`There is no workload ${name}. Known: ${known.join(", ")}.`)

const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) refuse("--rounds must be a whole number of at least 1.")

const generations = (["2", "4"] satisfies Array<HtmxVersion>).filter((one) => (values.htmx ?? one) === one)
if (generations.length === 0) refuse("--htmx must be 2 or 4.")
if (values.against !== undefined && generations.length !== 1)
  refuse("--against compares scripts for one htmx: add --htmx 2 or --htmx 4.")
if (values.write && !["growth", undefined].includes(values.only))
  refuse("--write needs whole tables: leave out --only, or use --only growth.")

/** The arguments that affect the figures. The file for the ratios does not. */
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
