import { describe } from "vitest"
import { hang } from "../../setup/behaviours.ts"
import { defect } from "../kit/defect.ts"
import { expect, onBoth } from "../kit/test.ts"

describe.concurrent("an element that leaves the page", () => {
  defect("an element that is swapped out while a retry is pending leaves no socket behind", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/gone"></div><div id="d" ws-connect="/stays"></div>`, {
      clock: true,
      delay: 1_500,
    })
    await stage.eventsOf("wsOpen", 2)
    ;(await stage.live("/gone")).reset()
    await stage.eventsOf("wsClose")
    await stage.swapOut("#c")
    // The neighbour's retry is due later than the removed element's would be.
    ;(await stage.live("/stays")).reset()
    await stage.until(async () => (await stage.events("wsClose")).some(({ on }) => on === "#d"))
    await stage.pass(1_500)
    await stage.until(() => stage.server.visitsTo("/stays").length === 2)
    expect(stage.server.visitsTo("/gone")).toHaveLength(1)
    expect(stage.server.live("/gone")).toEqual([])
  })

  defect(
    "an element that htmx swaps out is closed without an uncaught error",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/ws"></div>`)
      await stage.live()
      await stage.swapOut("#c")
      await stage.until(() => stage.server.live().length === 0)
      expect(await stage.eventsOf("wsClose")).toHaveLength(1)
      expect(stage.console).toEqual([])
    },
    // Fixed in the script of htmx 2.
    { official: ["1.9"] },
  )

  defect("an element that a script removes is closed within a second", async (stage) => {
    await stage.open(`<main><div id="c" ws-connect="/ws"></div></main>`, { clock: true })
    const visit = await stage.live()
    await stage.page.evaluate(() => document.querySelector("#c")?.remove())
    await stage.pass(1_000)
    await stage.until(() => visit.closed)
  })

  defect("an element that leaves while it is connecting reports no error", async (stage) => {
    stage.server.webSocket("/ws", hang())
    await stage.open(`<div id="c" ws-connect="/ws"></div>`)
    await stage.until(() => stage.server.visits.length === 1)
    await stage.swapOut("#c")
    await stage.until(() => stage.server.visits[0]?.isGone)
    await stage.when(() => window.sockets[0]?.readyState === WebSocket.CLOSED)
    // `error` and `close` are fired in one task, so a later task comes after both.
    await stage.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(await stage.events("wsError")).toEqual([])
    expect(stage.console).toEqual([])
  })

  // With the official script, too.
  onBoth("a queued message is sent even if its element has left", async (stage) => {
    stage.server.webSocket("/ws", hang())
    await stage.open(
      `<div id="c" ws-connect="/ws">
        <form id="f" ws-send><input name="act" value="delete"></form>
        <form id="g" ws-send><input name="act" value="keep"></form>
      </div>`,
    )
    for (const id of ["#f", "#g"]) await stage.submit(id)
    await stage.swapOut("#f")
    await stage.until(() => stage.server.visits.length === 1)
    await stage.server.visits[0]?.accept()
    await stage.until(() => stage.bodies().length === 2)
    expect(stage.bodies().map(({ act }) => act)).toEqual(["delete", "keep"])
    expect((await stage.eventsOf("wsAfterSend", 2)).map(({ on }) => on)).toEqual(["#c", "#g"])
    expect(await stage.events("wsDropped")).toEqual([])
  })
})
