/** A few cells of the matrix in Chromium: `npm run matrix` plays all of them. */
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll, describe } from "vitest"
import { browserCells, playInChromium } from "../faults/matrix/chromium.ts"
import { expect, test } from "../setup/browser.ts"
import { findFullChromium, flags } from "../setup/chromium.ts"

/** As for the tests of the back/forward cache. */
let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: findFullChromium(),
    args: flags,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  })
})
afterAll(() => browser.close())

/** One cell in so many, on each htmx another. */
const share = 21

describe.concurrent("in a page of Chromium", () => {
  for (const [offset, htmx] of (["1.9", "2", "4"] as const).entries()) {
    for (const cell of browserCells.filter((_, at) => at % share === offset * 5)) {
      const [state, event] = cell
      test(`a connection that is ${state} is ${event}, and works afterwards (htmx ${htmx})`, async ({
        server,
      }) => {
        const context = await browser.newContext({ reducedMotion: "reduce" })
        expect(await playInChromium(context, server, htmx, cell)).toEqual([])
        await context.close()
      })
    }
  }
})
