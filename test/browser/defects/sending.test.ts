import { describe } from "vitest"
import { accept, hang, refuse } from "../../setup/behaviours.ts"
import { defect } from "../kit/defect.ts"
import { expect, onBoth } from "../kit/test.ts"

describe.concurrent("what is sent", () => {
  defect("a preserved form sends over the connection around it at the time of the submit", async (stage) => {
    const page = (path: string) => `<div id="main"><div ws-connect="${path}">
      <form id="f" hx-preserve ws-send><input name="text"></form></div></div>`
    await stage.open(page("/one"))
    await stage.live("/one")
    stage.server.page("/next", page("/two"))
    await stage.page.fill("input", "typed")
    await stage.page.evaluate(() => window.htmx.ajax("GET", "/next", { target: "#main", swap: "outerHTML" }))
    await stage.live("/two")
    await stage.page.press("input", "Enter")
    await stage.until(() => stage.bodies("/two").length > 0)
    expect(stage.bodies("/two")).toEqual([{ text: "typed" }])
    await stage.until(() => stage.server.live("/one").length === 0)
  })

  defect("headers replaced by a listener are sent", async (stage) => {
    await stage.open(`<div ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`, {
      script: `document.addEventListener("htmx:wsConfigSend", ({ detail }) => {
        detail.headers = { token: "t" }
        detail.parameters = { b: "2" }
      })`,
    })
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.server.received("/ws").length > 0)
    expect(stage.server.received("/ws").map((text) => JSON.parse(text))).toEqual([
      { b: "2", HEADERS: { token: "t" } },
    ])
  })

  defect(
    "messages of a poll during an outage are queued up to queueCapacity, and reported beyond",
    async (stage) => {
      stage.server.webSocket("/ws", refuse(503))
      await stage.open(
        `<div id="c" ws-connect="/ws"><div id="poll" ws-send hx-trigger="every 20ms" hx-vals='js:{n: ++window.n}'></div></div>`,
        { config: { ws: { queueCapacity: 5 } }, script: "window.n = 0", clock: true, delay: 410 },
      )
      await stage.eventsOf("wsClose")
      await stage.pass(400)
      expect(await stage.events("wsConfigSend")).toHaveLength(20)
      expect(await stage.page.evaluate(() => window.wrappers["#poll"]?.queue.length)).toBe(5)
      const dropped = await stage.events("wsDropped")
      expect(dropped).toHaveLength(15)
      expect(dropped[0]).toMatchObject({ on: "#poll", detail: { reason: "overflow" } })
      stage.server.webSocket("/ws", accept())
      await stage.pass(10)
      await stage.until(() => stage.bodies().length === 5)
      await stage.pass(10)
      await stage.until(() => stage.bodies().length > 5)
      expect(stage.bodies().map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 21])
    },
  )

  onBoth("messages sent by a listener of wsOpen precede queued messages", async (stage) => {
    stage.server.webSocket("/ws", hang())
    await stage.open(
      `<div id="c" ws-connect="/ws"><form ws-send><input name="n" value="waiting"></form></div>`,
      {
        script: `document.addEventListener("htmx:wsOpen", ({ detail }) => detail.socketWrapper.send('{"n":"hello"}'))`,
      },
    )
    await stage.submit()
    await stage.until(() => stage.server.visits.length === 1)
    await stage.server.visits[0]?.accept()
    await stage.until(() => stage.bodies().length === 2)
    expect(stage.bodies().map(({ n }) => n)).toEqual(["hello", "waiting"])
  })

  defect("sendImmediately while connecting fires an error event, and throws nothing", async (stage) => {
    stage.server.webSocket("/ws", hang())
    await stage.open(
      `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="n" value="1"></form></div>`,
    )
    await stage.submit()
    const thrown = await stage.page.evaluate(() => {
      try {
        window.wrappers["#f"]?.sendImmediately("now", document.querySelector("#f") as Element)
        return undefined
      } catch (error) {
        return String(error)
      }
    })
    expect(thrown).toBeUndefined()
    const [events] = await stage.eventsOf("wsError")
    expect(events).toMatchObject({
      on: "#f",
      detail: { error: { message: expect.stringContaining("not open") } },
    })
  })

  defect(
    "an element in a shadow tree sends over the connection around its host",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/ws"><div id="host"></div></div>`)
      await stage.live()
      await stage.page.evaluate(() => {
        const root = (document.querySelector("#host") as Element).attachShadow({ mode: "open" })
        root.innerHTML = `<div hx-ext="ws"><button type="button" name="from" value="shadow" ws-send>send</button></div>`
        window.htmx.process(root)
      })
      await stage.page.getByText("send").click()
      await stage.until(() => stage.bodies().length === 1)
      expect(stage.bodies()).toEqual([{ from: "shadow" }])
    },
    // htmx 1.9 does not process shadow trees.
    { htmx: ["2"] },
  )
})
