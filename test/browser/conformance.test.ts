import { describe } from "vitest"
import { casesFor, generations } from "../conformance/cases.ts"
import { test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"

describe.concurrent.each(Object.entries(generations))("%s in Chromium", (_, capabilities) => {
  const { htmx } = capabilities
  for (const { play, title } of casesFor(capabilities)) {
    test(title, ({ page, server }) =>
      play(
        {
          server,
          open: async (body, script = "") => {
            const head = `<script>${script}</script>`
            await page.goto(server.page("/", html({ htmx, ws: "min", body, head })))
          },
          run: <A>(code: string) => page.evaluate<A>(code),
        },
        capabilities,
      ),
    )
  }
})
