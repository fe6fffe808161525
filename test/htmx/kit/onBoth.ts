import { afterAll, beforeAll, beforeEach, describe } from "vitest"
import type { HtmxVersion } from "../../setup/pages.ts"
import { microtasks, type Options, openPage, type Page } from "./openPage.ts"

/** Runs a suite on each generation of htmx: `open` opens a page of it with our script. */
export const onBoth = (
  suite: (open: (options?: Omit<Options, "htmx">) => Promise<Page>, htmx: HtmxVersion) => void,
): void =>
  describe.each(["1.9", "2"] as const)("htmx %s", (htmx) =>
    suite((options) => openPage({ ...options, htmx }), htmx),
  )

/** One page for all tests of a `describe`, which starts each of them empty: opening a page is what takes the time. */
export const shared = (open: () => Promise<Page>): (() => Page) => {
  let page: Page | undefined
  const current = (): Page => {
    if (page === undefined) throw new Error("the page is not open")
    return page
  }
  beforeAll(async () => {
    page = await open()
  })
  beforeEach(async () => {
    current().document.body.replaceChildren()
    await microtasks()
    current().forget()
    current().console.length = 0
  })
  afterAll(() => current()[Symbol.dispose]())
  return current
}
