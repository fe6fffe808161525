import { describe } from "vitest"
import { expect, onBoth } from "./kit/test.ts"

const page = (path: string, next: string) =>
  `<nav hx-boost="true"><a href="${next}">to ${next}</a></nav>
   <main id="room" ws-connect="${path}"><p id="out">at ${path}</p><form ws-send><input name="at" value="${path}"></form></main>`

describe.concurrent("boosted navigation", () => {
  onBoth("closes the page's socket and opens the next one's, also on the way back", async (stage) => {
    await stage.open(page("/one", "/second"))
    stage.serve(page("/two", "/"), { path: "/second" })
    await stage.live("/one")
    await stage.page.getByText("to /second").click()
    await stage.page.getByText("at /two").waitFor()
    await stage.live("/two")
    await stage.until(() => stage.server.live("/one").length === 0)
    await stage.submit()
    await stage.until(() => stage.bodies("/two").length === 1)
    await stage.page.evaluate(() => history.back())
    await stage.page.getByText("at /one").waitFor()
    ;(await stage.live("/one")).send(`<p id="out">welcome back</p>`)
    await stage.page.getByText("welcome back").waitFor()
    await stage.until(() => stage.server.live("/two").length === 0)
    await stage.submit()
    await stage.until(() => stage.bodies("/one").length === 1)
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  onBoth("to a page with the same connection has one socket", async (stage) => {
    await stage.open(page("/ws", "/second"))
    stage.serve(page("/ws", "/third").replace("at /ws", "second"), { path: "/second" })
    stage.serve(page("/ws", "/").replace("at /ws", "third"), { path: "/third" })
    await stage.live()
    await stage.page.getByText("to /second").click()
    await stage.page.getByText("second", { exact: true }).waitFor()
    await stage.page.getByText("to /third").click()
    await stage.page.getByText("third", { exact: true }).waitFor()
    await stage.until(async () => (await stage.dialled()) === 1)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
  })
})

describe.concurrent("leaving the page", () => {
  onBoth("sends the last messages, then closes with 1000 and a reason", async (stage) => {
    const config = { ws: { pauseOnBackground: true } }
    await stage.open(
      `<div id="c" ws-connect="/ws">
      <i ws-send hx-trigger="pagehide from:window" hx-vals='{"from": "pagehide"}'></i>
      <i ws-send hx-trigger="visibilitychange from:document" hx-vals='{"from": "visibilitychange"}'></i></div>`,
      { config },
    )
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    await stage.page.goto("about:blank")
    await stage.until(() => visit.closed !== undefined)
    expect(stage.bodies().map(({ from }) => from)).toEqual(["pagehide", "visibilitychange"])
    expect(visit.closed).toMatchObject({ code: 1000, reason: "page navigating away" })
  })
})
