/** Runs the suite on all runtimes: `npm run runtimes`; `-- --only Bun` on one. Fails if a case does. */
import { parseArgs } from "node:util"
import { runOn, runtimes } from "./runOn.ts"

const { values } = parseArgs({ options: { only: { type: "string" } } })

for (const [name, command] of Object.entries(runtimes)) {
  if (values.only !== undefined && values.only !== name) continue
  const { crash, outcomes, version } = await runOn(command, "all")
  const failed = outcomes.filter(({ error }) => error !== undefined)
  console.log(`${name} (${version}): ${outcomes.length - failed.length} passed, ${failed.length} failed`)
  for (const { error, maker, title } of failed) console.log(`  ${maker}: ${title}: ${error}`)
  if (crash !== undefined) console.log(`  the process: ${crash}`)
  if (crash !== undefined || failed.length > 0) process.exitCode = 1
}
