import { describe } from "vitest"
import type { Stage } from "./kit/Stage.ts"
import { expect, onBoth } from "./kit/test.ts"

/** Makes the page appear hidden or visible to its scripts, since headless Chromium shows every tab. */
const hide = (stage: Stage, hidden: boolean) =>
  stage.page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event("visibilitychange"))
  }, hidden)

const body = `<div id="c" ws-connect="/ws"><p ws-status></p><form ws-send><input name="a" value="1"></form></div>`

describe.concurrent("a hidden page", () => {
  onBoth("with pauseOnBackground closes, queues messages, and reconnects when it is shown", async (stage) => {
    await stage.open(body, { config: { ws: { pauseOnBackground: true } } })
    await stage.live()
    await stage.eventsOf("wsOpen")
    await hide(stage, true)
    await stage.page.locator("[data-ws-state=paused]").waitFor({ state: "attached" })
    await stage.until(() => stage.server.live().length === 0)
    await stage.submit()
    expect(await stage.dials()).toBe(1)
    await hide(stage, false)
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.server.visits).toHaveLength(2)
    expect(await stage.lives()).toEqual([
      "wsConfigConnect #c",
      "wsConnecting #c",
      "wsOpen #c",
      "wsClose #c",
      "wsConfigConnect #c",
      "wsConnecting #c",
      "wsOpen #c",
    ])
  })

  onBoth("stays connected until the grace period is over", async (stage) => {
    await stage.open(`${body}<div id="d" ws-connect="/short" ws-config="pauseOnBackground:100ms"></div>`, {
      clock: true,
      config: { ws: { pauseOnBackground: "60s" } },
    })
    await stage.eventsOf("wsOpen", 2)
    await hide(stage, true)
    await stage.pass(59_999)
    await stage.until(() => stage.server.live("/short").length === 0)
    await hide(stage, false)
    await stage.live("/short")
    expect(stage.server.visitsTo("/ws")).toHaveLength(1)
    await stage.live("/ws")
  })

  onBoth("stays connected by default", async (stage) => {
    await stage.open(`${body}<div id="d" ws-connect="/other" ws-config="pauseOnBackground:true"></div>`)
    await stage.eventsOf("wsOpen", 2)
    await hide(stage, true)
    await stage.until(() => stage.server.live("/other").length === 0)
    expect(stage.server.live("/ws")).toHaveLength(1)
  })

  onBoth("that is hidden and shown a hundred times has one socket", async (stage) => {
    await stage.open(body, { config: { ws: { pauseOnBackground: true } } })
    await stage.live()
    for (let round = 0; round < 100; round++) await hide(stage, round % 2 === 0)
    await stage.until(async () => (await stage.dialled()) === 1 && stage.server.live().length === 1)
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
  })
})
