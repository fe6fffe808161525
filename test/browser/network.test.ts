import { describe } from "vitest"
import { accept } from "../setup/behaviours.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, onBoth } from "./kit/test.ts"

/** Makes the page offline. Returns a function that makes it online again. */
const unplug = async (stage: Stage) => {
  const session = await stage.page.context().newCDPSession(stage.page)
  const emulate = (offline: boolean) =>
    session.send("Network.emulateNetworkConditions", {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    })
  await session.send("Network.enable")
  await emulate(true)
  await stage.when(() => !navigator.onLine)
  return async () => {
    await emulate(false)
    await session.detach()
  }
}

const body = `<div id="c" ws-connect="/ws"><p ws-status></p><form ws-send><input name="a" value="1"></form></div>`

describe.concurrent("a browser without a network", () => {
  onBoth("keeps retrying, counts no attempt, and dials at once when the network is back", async (stage) => {
    await stage.open(body, { config: { ws: { reconnectMaxAttempts: 2 } }, delay: 30 })
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    const plugIn = await unplug(stage)
    visit.reset()
    await stage.until(async () => (await stage.events("wsReconnecting")).length > 4)
    await stage.submit()
    expect(await stage.events("wsFailed")).toEqual([])
    await plugIn()
    await stage.until(() => stage.bodies().length === 1)
    expect(await stage.dialled()).toBe(1)
  })

  onBoth("does not wait for a long delay when the network is back", async (stage) => {
    stage.server.webSocket("/ws", accept())
    await stage.open(body, { delay: 600_000 })
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    const plugIn = await unplug(stage)
    visit.reset()
    await stage.eventsOf("wsReconnecting")
    await plugIn()
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    expect(await stage.dials()).toBe(2)
  })

  onBoth("that comes and goes a hundred times has one socket", async (stage) => {
    await stage.open(body, { delay: 10 })
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    visit.reset()
    await stage.page.evaluate(() => {
      for (let round = 0; round < 100; round++)
        window.dispatchEvent(new Event(round % 2 ? "online" : "offline"))
    })
    await stage.until(async () => (await stage.dialled()) === 1 && stage.server.live().length === 1)
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
  })
})

describe.concurrent("a page that was frozen", () => {
  // Chromium does not freeze a page that Playwright shows, so the event is dispatched.
  onBoth("dials at once when it is thawed, whatever the delay", async (stage) => {
    await stage.open(body, { delay: 600_000 })
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    visit.reset()
    await stage.eventsOf("wsReconnecting")
    await stage.page.evaluate(() => document.dispatchEvent(new Event("resume")))
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
  })
})
