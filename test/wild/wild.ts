/**
 * What tests with stand-ins only imitate, once for real: `npm run wild`, `-- --only "frozen filter"`. It needs a full
 * Chromium and `openssl`, and for `filter` root, `unshare` and `nft`. Each case prints what it saw, and `--write` writes
 * what `handshakes` saw into docs/settings.md.
 */
import { parseArgs } from "node:util"
import { writeSection } from "../../docs/sections.ts"
import { asleep, frozen, hidden } from "./cases/background.ts"
import { handshakes } from "./cases/handshakes.ts"
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
  handshakes,
}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(cases).join(" ") },
    write: { type: "boolean", default: false },
  },
})

for (const name of values.only.split(" ")) {
  const run = cases[name]
  if (run === undefined) throw new Error(`there is no case ${name}: ${Object.keys(cases).join(", ")}`)
  try {
    const lines = await run()
    for (const line of lines) console.log(`${name}: ${line}`)
    if (values.write && name === "handshakes") writeSection("docs/settings.md", name, lines.join("\n"))
  } catch (error) {
    console.error(`${name}: FAILED`, error)
    process.exitCode = 1
  }
}
process.exit()
