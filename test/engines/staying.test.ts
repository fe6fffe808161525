/** Tests a page that begins to leave, and stays: Firefox closes its sockets then. */
import { describe } from "vitest"
import { generations } from "../conformance/cases.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

const ways = {
  "a link to a download": `document.getElementById("file").click()`,
  "a navigation without a response": `location.href = "/nothing"`,
  "window.stop()": "window.stop()",
}

for (const [generation, { connect, htmx, send }] of Object.entries(generations).filter(
  ([name]) => !name.includes("old"),
))
  describe(generation, () => {
    test.for(Object.entries(ways))(
      "a page that stays after %s is connected",
      async ([, leave], { page, server }) => {
        server.route("/nothing", (_request, response) => response.writeHead(204).end())
        server.route("/file", (_request, response) => {
          response.writeHead(200, { "Content-Disposition": "attachment; filename=file.txt" }).end("text")
        })
        const body = `<main ${connect}="/ws"><a id="file" href="/file">file</a>
        <form id="form" ${send}><input name="word" value="hello"></form></main>`
        const config = { ws: { reconnectDelay: "20ms" } }
        await page.goto(server.page("/", html({ htmx, ws: "min", config, body })))
        await waitFor(() => server.live("/ws").length === 1)
        await page.evaluate(`${leave}, 1`)
        // Sent at once, and again and again: the socket may be about to close.
        await page.evaluate(`setInterval(() => document.getElementById("form").requestSubmit(), 50), 1`)
        await waitFor(() => server.received("/ws").length >= 20)
        expect(server.live("/ws")).toHaveLength(1)
        expect(server.visits.length).toBeLessThanOrEqual(2)
        expect(
          consoleOf(page).filter(
            (line) => line.startsWith("uncaught: ") && !line.includes("The connection to"),
          ),
        ).toEqual([])
      },
    )
  })
