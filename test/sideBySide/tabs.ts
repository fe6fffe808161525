import { test as base } from "../setup/browser.ts"
import { Tabs } from "./Tab.ts"

/** `test` with tabs that all cases of a file share. */
export const test = base.extend("tabs", { scope: "file" }, async ({ browser }, { onCleanup }) => {
  const tabs = await Tabs.open(browser)
  onCleanup(() => tabs.close())
  return tabs
})
