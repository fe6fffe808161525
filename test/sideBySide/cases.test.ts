import { cases } from "./cases/index.ts"
import { faultsOf } from "./compare.ts"
import { run } from "./run.ts"
import { test } from "./tabs.ts"
import { versionsOf } from "./versions.ts"

for (const each of cases) {
  for (const version of versionsOf(each.on)) {
    test.concurrent(`${each.title} (htmx ${version})`, async ({ tabs }) => {
      const official = await run(tabs, each, version, "official")
      const faults = faultsOf(each, version, official, await run(tabs, each, version, "ours"))
      if (faults.length > 0) throw new Error(faults.join("\n"))
    })
  }
}
