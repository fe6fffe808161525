/**
 * What tests with stand-ins only imitate, once for real: `npm run wild`, `-- --only "frozen filter"`. It needs a full
 * Chromium and `openssl`, and for `filter` root, `unshare` and `nft`. Each case prints what it saw.
 */
import { parseArgs } from "node:util"
import { asleep, frozen, hidden } from "./cases/background.ts"
import { hosts } from "./cases/hosts.ts"
import { filter, names, tls } from "./cases/network.ts"

const cases: Readonly<Record<string, () => Promise<ReadonlyArray<string>>>> = {
  frozen,
  hidden,
  asleep,
  names,
  tls,
  filter,
  hosts,
}

const { values } = parseArgs({ options: { only: { type: "string", default: Object.keys(cases).join(" ") } } })

for (const name of values.only.split(" ")) {
  const run = cases[name]
  if (run === undefined) throw new Error(`there is no case ${name}: ${Object.keys(cases).join(", ")}`)
  try {
    for (const line of await run()) console.log(`${name}: ${line}`)
  } catch (error) {
    console.error(`${name}: FAILED`, error)
    process.exitCode = 1
  }
}
process.exit()
