/** Tests the typed client in a browser: in a page, and in a worker. */
import { describe } from "vitest"
import { accept } from "../setup/behaviours.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { bundle } from "../setup/bundle.ts"
import { waitFor } from "../setup/waitFor.ts"

/** Requests the double of every number that it receives, and acknowledges the double. */
const { code } = await bundle(`
  import * as Effect from "effect/Effect"
  import * as Schedule from "effect/Schedule"
  import * as Schema from "effect/Schema"
  import * as Stream from "effect/Stream"
  import { WsClient } from "htmx-ext-effect-ws"

  const Told = Schema.TaggedStruct("Told", { n: Schema.Number })
  const Double = Schema.TaggedStruct("Double", { n: Schema.Number })
  const Ack = Schema.TaggedStruct("Ack", { n: Schema.Number })

  const program = Effect.gen(function* () {
    const { messages, request } = yield* WsClient.make({
      url: "/ws",
      outgoing: Double,
      incoming: Schema.Union([Told, Ack]),
      reconnect: Schedule.spaced("20 millis"),
    })
    const double = (n) =>
      request({ _tag: "Double", n: 2 * n }, { match: (it) => it._tag === "Ack" && it.n === 2 * n, retry: true })
    yield* Stream.runForEach(messages, (it) => (it._tag === "Told" ? double(it.n) : Effect.void))
  })
  Effect.runFork(Effect.scoped(program))`)

const places = {
  "a page": '<script type="module" src="/program.js"></script>',
  "a worker": '<script>new Worker("/program.js", { type: "module" })</script>',
}

const restarts = 5

describe.concurrent("the typed client in a browser", () => {
  for (const [place, script] of Object.entries(places))
    test(`in ${place}: gets a reply to every request, including those around a restart of its server`, async ({
      server,
      page,
    }) => {
      const doubles: Array<number> = []
      server.webSocket(
        "/ws",
        accept((visit) =>
          visit.onMessage((data) => {
            const { n } = JSON.parse(String(data))
            doubles.push(n)
            visit.send(JSON.stringify({ _tag: "Ack", n }))
          }),
        ),
      )
      const tell = (n: number) => server.send(JSON.stringify({ _tag: "Told", n }))

      server.script("/program.js", code)
      await page.goto(server.page("/", `<!doctype html><link rel="icon" href="data:,">${script}`))
      for (let restart = 0; restart < restarts; restart++) {
        await waitFor(() => server.visits.length === restart + 1 && server.live().length === 1)
        tell(10 * restart)
        await waitFor(() => doubles.includes(20 * restart))
        // Its request is written to this socket, perhaps too late, or to the next.
        tell(10 * restart + 1)
        server.live()[0]?.close(1012)
        await waitFor(() => doubles.includes(20 * restart + 2))
      }
      expect([...new Set(doubles)]).toEqual([0, 2, 20, 22, 40, 42, 60, 62, 80, 82])
      expect(consoleOf(page)).toEqual([])
    })
})

const dialler = await bundle(`
  import { connect } from "htmx-ext-effect-ws"
  for (const url of ["plain", "/path"]) connect(url)`)

const escaped = (html: string): string => html.replaceAll("&", "&amp;").replaceAll('"', "&quot;")

describe.concurrent("relative URLs", () => {
  const script = '<script type="module" src="/dialler.js"></script>'
  test.for([
    ["a page with a base", `<base href="/app/">${script}`],
    ["a frame of srcdoc in it", `<base href="/app/"><iframe srcdoc="${escaped(script)}"></iframe>`],
  ])(
    "in %s have the base that the page gives them, and paths the host of the page",
    async ([, body], { page, server }) => {
      server.script("/dialler.js", dialler.code)
      await page.goto(server.page("/rooms/1", `<!doctype html><link rel="icon" href="data:,">${body}`))
      await waitFor(() => server.live().length === 2)
      expect(server.visits.map(({ url }) => url).sort()).toEqual(["/app/plain", "/path"])
      expect(consoleOf(page)).toEqual([])
    },
  )
})
