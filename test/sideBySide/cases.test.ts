import { cases } from "./cases/index.ts"
import { faultsOf } from "./compare.ts"
import { isPending } from "./pending.ts"
import { run } from "./run.ts"
import { test } from "./tabs.ts"
import { versionsOf } from "./versions.ts"

for (const each of cases) {
  for (const version of versionsOf(each.on)) {
    const pending = isPending(each.title, version)
    test.concurrent(`${each.title} (htmx ${version})${pending ? ": not yet" : ""}`, async ({ tabs }) => {
      const official = await run(tabs, each, version, "official")
      const faults = faultsOf(each, version, official, await run(tabs, each, version, "ours"))
      if (pending && faults.length === 0) throw new Error("It holds: take it off the list in pending.ts.")
      if (!pending && faults.length > 0) throw new Error(faults.join("\n"))
    })
  }
}
