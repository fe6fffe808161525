import { describe } from "vitest"
import { accept, closeAfter, echo, inTurn } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

const form = `<div id="c" ws-connect="/ws"><p ws-status></p>
  <form ws-send hx-vals='js:{n: ++window.n}'></form></div>`
const numbered = { script: "window.n = 0" }

describe.concurrent("a server that goes away and comes back", () => {
  onBoth("gets messages sent meanwhile once and in order, before later ones", async (stage) => {
    await stage.open(form, numbered)
    await stage.live()
    await stage.eventsOf("wsOpen")
    const submit = (times: number) =>
      stage.page.evaluate((times) => {
        for (let time = 0; time < times; time++) document.querySelector("form")?.requestSubmit()
      }, times)
    await submit(3)
    await stage.until(() => stage.bodies().length === 3)
    await stage.server.down()
    await stage.page.locator("[data-ws-state=reconnecting]").waitFor({ state: "attached" })
    await submit(20)
    await stage.until(async () => (await stage.events("wsReconnecting")).length >= 2)
    await submit(20)
    await stage.server.up()
    await stage.page.locator("[data-ws-state=open]").waitFor({ state: "attached" })
    await submit(3)
    await stage.until(() => stage.bodies().length >= 46)
    expect(stage.bodies().map(({ n }) => n)).toEqual(Array.from({ length: 46 }, (_, index) => index + 1))
    expect(await stage.events("wsAfterSend")).toHaveLength(46)
    expect(await stage.events("wsDropped")).toEqual([])
  })

  onBoth("is dialled with attempts that count up, and restart after an open", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, { delay: 30 })
    await stage.eventsOf("wsOpen")
    await stage.server.down()
    await stage.eventsOf("wsReconnecting", 3)
    await stage.server.up()
    await stage.eventsOf("wsOpen", 2)
    const attempts = (await stage.events("wsConnecting")).map(({ detail }) => detail.attempt)
    expect(attempts).toEqual(attempts.map((_, index) => index))
    stage.server.visits.at(-1)?.reset()
    await stage.eventsOf("wsOpen", 3)
    expect((await stage.events("wsReconnecting")).at(-1)?.detail.attempt).toBe(1)
  })

  onBoth("that flaps while messages are queued gets none of them twice", async (stage) => {
    const flaps = [1, 2, 3, 5, 8, 13].map((count) =>
      accept((visit) => visit.onMessage(() => visit.texts.length === count && visit.close(1012))),
    )
    stage.server.webSocket("/ws", inTurn(closeAfter(0, 1012), ...flaps, echo()))
    await stage.open(
      `<div id="c" ws-connect="/ws"><div ws-send hx-trigger="every 10ms" hx-vals='js:{n: ++window.n}'></div></div>`,
      { ...numbered, delay: 30 },
    )
    await stage.until(
      () => stage.server.visits.length >= 8 && (stage.server.visits[7]?.texts.length ?? 0) >= 20,
    )
    const received = stage.bodies().map(({ n }) => Number(n))
    expect(received).toEqual([...new Set(received)].sort((a, b) => a - b))
  })
})
