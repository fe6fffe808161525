import { describe } from "vitest"
import { expect, test } from "../setup/browser.ts"
import { bundle } from "../setup/bundle.ts"
import { type HtmxVersion, html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

declare global {
  interface Window {
    readonly ask: (question: number) => Promise<{ readonly answer: number }>
    readonly state: () => string
    readonly answers: ReadonlyArray<number>
    readonly end: () => Promise<void>
  }
}

/** A program bundled with its own copies of all modules. Runs before htmx is loaded. */
const program = (entry: string) => `
  import * as Effect from "effect/Effect"
  import * as Fiber from "effect/Fiber"
  import * as Schema from "effect/Schema"
  import * as Stream from "effect/Stream"
  import { fromElement } from "htmx-ext-effect-ws/${entry}"

  const outgoing = Schema.Struct({ ask: Schema.Number })
  const incoming = Schema.Struct({ answer: Schema.Number })
  window.answers = []
  const running = Effect.runFork(Effect.scoped(Effect.gen(function* () {
    const oracle = yield* fromElement(document.querySelector("#oracle"), { outgoing, incoming })
    window.ask = (ask) => Effect.runPromise(
      oracle.request({ ask }, { match: ({ answer }) => answer === ask, retry: true, timeout: "1 minute" }))
    window.state = () => oracle.state._tag
    yield* Stream.runForEach(oracle.messages, ({ answer }) => Effect.sync(() => window.answers.push(answer)))
  })))
  window.end = () => Effect.runPromise(Fiber.interrupt(running))`

describe("a bundled program over the connection of the minified script", () => {
  test.for<[htmx: HtmxVersion, entry: string, connect: string]>([
    ["1.9", "htmx2", "ws-connect"],
    ["2", "htmx2", "ws-connect"],
    ["4", "htmx4", "hx-ws:connect"],
  ])(
    "sends requests, and gets replies across a restart of the server, on htmx %s",
    async (given, { page, server }) => {
      const [htmx, entry, connect] = given
      const { code: script } = await bundle(program(entry))
      server.route("/program.js", (_request, response) => {
        response.setHeader("Content-Type", "text/javascript")
        response.end(script)
      })
      let isSilent = false
      server.webSocket("/ws", async (visit) => {
        await visit.accept()
        visit.onMessage((text) => {
          const { ask } = JSON.parse(String(text))
          visit.send(`<p id="out">asked ${ask}</p>`)
          if (!isSilent) visit.send(JSON.stringify({ answer: ask }))
        })
      })
      const config = { ws: { reconnectDelay: "50ms" } }
      const head = `<script type="module" src="/program.js"></script>`
      const body = `<div id="oracle" ${connect}="/ws" hx-target="#out" hx-swap="outerHTML"><p id="out"></p></div>`
      await page.goto(server.page("/", html({ htmx, ws: "min", config, head, body })))
      await page.waitForFunction(() => "ask" in window)

      expect(await page.evaluate(() => window.ask(1))).toEqual({ answer: 1 })
      isSilent = true
      const asking = page.evaluate(() => window.ask(2))
      await waitFor(() => server.received("/ws").length === 2)
      await page.getByText("asked 2").waitFor()
      await server.down()
      await page.waitForFunction(() => window.state() === "Waiting" || window.state() === "Connecting")
      const waiting = page.evaluate(() => window.ask(3))
      isSilent = false
      await server.up()

      expect(await asking).toEqual({ answer: 2 })
      expect(await waiting).toEqual({ answer: 3 })
      expect(server.received("/ws").map((text) => JSON.parse(text).ask)).toEqual([1, 2, 2, 3])
      await page.getByText("asked 3").waitFor()
      await page.waitForFunction(() => window.answers.length === 3)
      expect(await page.evaluate(() => window.answers)).toEqual([1, 2, 3])

      // The connection outlives the program.
      await page.evaluate(() => window.end())
      expect(server.live("/ws")).toHaveLength(1)
      server.send(`<p id="out">still there</p>`)
      await page.getByText("still there").waitFor()
    },
  )
})
