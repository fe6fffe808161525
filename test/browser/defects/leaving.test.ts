import { describe } from "vitest"
import { accept, hang } from "../../setup/behaviours.ts"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

describe.concurrent("an element that leaves takes everything with it", () => {
  defect(
    "D3",
    "an element that is swapped out while a retry is pending leaves no socket behind",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/gone"></div><div id="d" ws-connect="/stays"></div>`, {
        delay: 1_500,
      })
      await stage.toldOf("wsOpen", 2)
      ;(await stage.live("/gone")).reset()
      await stage.toldOf("wsClose")
      await stage.swapOut("#c")
      // The neighbour's retry comes later than the other one would have come.
      ;(await stage.live("/stays")).reset()
      await stage.until(() => stage.server.visitsTo("/stays").length === 2)
      expect(stage.server.visitsTo("/gone")).toHaveLength(1)
      expect(stage.server.live("/gone")).toEqual([])
    },
  )

  defect(
    "D4",
    "an element that htmx swaps out is closed without an uncaught error",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/ws"></div>`)
      await stage.live()
      await stage.swapOut("#c")
      await stage.until(() => stage.server.live().length === 0)
      expect(await stage.toldOf("wsClose")).toHaveLength(1)
      expect(stage.console).toEqual([])
    },
    // The script of htmx 2 has it mended.
    { official: ["1.9"] },
  )

  defect("D32", "an element that a script removes is closed within a second", async (stage) => {
    await stage.open(`<main><div id="c" ws-connect="/ws"></div></main>`)
    const visit = await stage.live()
    const since = performance.now()
    await stage.page.evaluate(() => document.querySelector("#c")?.remove())
    const closed = await stage.until(() => visit.closed)
    expect(closed.at - since).toBeLessThan(1_000)
  })

  defect("D40", "an element that leaves while it is connecting reports no error", async (stage) => {
    stage.server.webSocket("/ws", hang())
    await stage.open(`<div id="c" ws-connect="/ws"></div>`)
    await stage.until(() => stage.server.visits.length === 1)
    await stage.swapOut("#c")
    await stage.until(() => stage.server.visits[0]?.isGone)
    await stage.when(() => window.sockets[0]?.readyState === WebSocket.CLOSED)
    // `error` and `close` come in one task: a later one has seen both.
    await stage.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(await stage.told("wsError")).toEqual([])
    expect(stage.console).toEqual([])
  })

  defect(
    "D38",
    "a message whose element has left while it waited is dropped and told, not sent",
    async (stage) => {
      stage.server.webSocket("/ws", hang())
      await stage.open(
        `<div id="c" ws-connect="/ws">
        <form id="f" ws-send><input name="act" value="delete"></form>
        <form id="g" ws-send><input name="act" value="keep"></form>
      </div>`,
      )
      for (const id of ["#f", "#g"]) await stage.submit(id)
      await stage.swapOut("#f")
      stage.server.webSocket("/ws", accept())
      await stage.until(() => stage.server.visits.length === 1)
      stage.server.visits[0]?.reset()
      await stage.until(() => stage.server.received("/ws").length > 0)
      await stage.submit("#g")
      await stage.until(() => stage.bodies().filter(({ act }) => act === "keep").length === 2)
      expect(stage.bodies().map(({ act }) => act)).toEqual(["keep", "keep"])
      const [dropped] = await stage.toldOf("wsDropped")
      expect(JSON.parse(String(dropped?.detail.message))).toMatchObject({ act: "delete" })
      expect(dropped).toMatchObject({ detail: { reason: "closed" }, attached: true })
    },
  )
})
