/** A page in Chromium that uses the package as a project does: it connects, sends, and shows a frame. */
import { chromium } from "playwright-core"
import { findChromium, flags } from "../setup/chromium.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"

/** Puts a page and its files on a server, and uses it. `head` and `body` are for htmx 2, or for htmx 4. */
export const usePage = async (
  head: string,
  files: Readonly<Record<string, string>>,
  htmx: 2 | 4 = 2,
): Promise<void> => {
  const attributes = htmx === 2 ? `ws-connect="/ws"` : `hx-ws:connect="/ws" hx-target="#log"`
  const server = await TestServer.start()
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
  try {
    for (const [path, code] of Object.entries(files)) server.script(path, code)
    const body = `<body hx-ext="ws"><main ${attributes}><p id="log"></p>
      <form ${htmx === 2 ? "ws-send" : "hx-ws:send"}><input name="text" value="hello"></form></main></body>`
    const page = await browser.newPage()
    const errors: Array<string> = []
    page.on("pageerror", (error) => errors.push(error.message))
    await page.goto(server.page("/", `<!doctype html><link rel="icon" href="data:,">${head}${body}`))
    await waitFor(() => {
      if (errors.length > 0) throw new Error(errors.join("\n"))
      return server.live("/ws").length === 1
    }, 10_000)
    await page.locator("form").evaluate((form: HTMLFormElement) => form.requestSubmit())
    await waitFor(() => server.received("/ws").length === 1, 10_000)
    if (JSON.parse(server.received("/ws")[0] ?? "").text !== "hello") throw new Error("another message came")
    server.send(htmx === 2 ? `<p id="log">shown</p>` : "<b>shown</b>")
    await page.getByText("shown").waitFor()
  } finally {
    await browser.close()
    await server.close()
  }
}
