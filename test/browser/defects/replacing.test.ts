import { describe } from "vitest"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

// The official socketWrapper has `reconnect` only since version 2; ours has it on both.
const where = { official: ["2"] } as const

describe.concurrent("reconnect()", () => {
  defect(
    "reconnect() while connecting replaces the socket that connects",
    async (stage) => {
      await stage.open(`<ul id="list"></ul><div id="c" ws-connect="/ws"></div>`)
      await stage.live()
      await stage.eventsOf("wsOpen")
      await stage.page.evaluate(() => {
        for (let times = 0; times < 3; times++) window.wrappers["#c"]?.reconnect()
      })
      await stage.eventsOf("wsOpen", 2)
      await stage.when(() => window.sockets.every(({ readyState }) => readyState % 2 === 1))
      expect(await stage.dialled()).toBe(1)
      await stage.live()
      stage.server.send(`<ul id="list" hx-swap-oob="beforeend"><li>news</li></ul>`)
      await stage.eventsOf("wsAfterMessage")
      expect(await stage.page.locator("li").count()).toBe(1)
    },
    where,
  )

  defect(
    "reconnect() while a retry is pending is the only attempt",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/one"></div><div id="d" ws-connect="/two"></div>`, {
        clock: true,
        delay: 300,
        script: `addEventListener("htmx:wsClose", ({ detail, target }) => {
          if (target.id === "c") setTimeout(() => detail.socketWrapper.reconnect())
        })`,
      })
      await stage.eventsOf("wsOpen", 2)
      ;(await stage.live("/one")).reset()
      await stage.eventsOf("wsClose")
      ;(await stage.live("/two")).reset()
      await stage.live("/one")
      // The neighbour's retry is due later than the pending one was.
      await stage.eventsOf("wsClose", 2)
      await stage.pass(300)
      await stage.live("/two")
      await stage.eventsOf("wsOpen", 4)
      expect(stage.server.visitsTo("/one")).toHaveLength(2)
      expect(await stage.events("wsClose")).toHaveLength(2)
      expect(stage.server.live("/one")).toHaveLength(1)
    },
    where,
  )

  defect(
    "reconnect() on an open socket fires no event for the socket that it replaces",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/ws"></div>`)
      const first = await stage.live()
      await stage.eventsOf("wsOpen")
      await stage.page.evaluate(() => {
        window.events.length = 0
        window.wrappers["#c"]?.reconnect()
      })
      await stage.eventsOf("wsOpen")
      await stage.until(() => first.closed)
      await stage.live()
      await stage.when(() => window.sockets[0]?.readyState === WebSocket.CLOSED)
      expect(await stage.events("wsClose")).toEqual([])
      expect(await stage.lives()).toEqual(["wsConfigConnect #c", "wsConnecting #c", "wsOpen #c"])
    },
    where,
  )
})
