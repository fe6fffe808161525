import { test as base } from "../setup/browser.ts"
import { cases } from "./cases/index.ts"
import { faultsOf } from "./compare.ts"
import { isPending } from "./pending.ts"
import { run } from "./run.ts"
import { Tabs } from "./Tab.ts"
import { versionsOf } from "./versions.ts"

const test = base.extend("tabs", { scope: "file" }, async ({ browser }, { onCleanup }) => {
  const tabs = await Tabs.open(browser)
  onCleanup(() => tabs.close())
  return tabs
})

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
