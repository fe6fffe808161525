/** Runs the suite, and a room, on all runtimes: `npm run runtimes`; `-- --only Bun` on one. Fails if a case does. */
import { isDeepStrictEqual, parseArgs } from "node:util"
import { expected, roomOn } from "./roomOn.ts"
import { runOn, runtimes } from "./runOn.ts"

const { values } = parseArgs({ options: { only: { type: "string" } } })

for (const [name, command] of Object.entries(runtimes)) {
  if (values.only !== undefined && values.only !== name) continue
  const { crash, outcomes, version } = await runOn(command, "all")
  const failed = outcomes.filter(({ error }) => error !== undefined)
  console.log(`${name} (${version}): ${outcomes.length - failed.length} passed, ${failed.length} failed`)
  for (const { error, maker, title } of failed) console.log(`  ${maker}: ${title}: ${error}`)
  if (crash !== undefined) console.log(`  the process: ${crash}`)
  const visits = await roomOn(command)
  const isServed = isDeepStrictEqual(visits, expected)
  console.log(isServed ? "  a room over crossws: passed" : `  a room over crossws: ${JSON.stringify(visits)}`)
  if (crash !== undefined || failed.length > 0 || !isServed) process.exitCode = 1
}
