import { describe } from "vitest"
import { accept, closeAfter, hang, inTurn } from "../../setup/behaviours.ts"
import type { Visit } from "../../setup/Visit.ts"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

describe.concurrent("after a failure", () => {
  for (const [how, end] of [
    ["closes with 1013", (visit: Visit) => visit.close(1013)],
    ["drops the connection", (visit: Visit) => visit.reset()],
  ] as const) {
    defect(
      `a server that accepts and ${how} at once is dialled no more than six times in 8 s`,
      async (stage) => {
        await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
          clock: true,
          delay: undefined,
          first: "Math.random = () => 0.5",
        })
        let left: number | null = 8_000
        for (let dials = 1; left !== null && dials <= 7; dials++) {
          await stage.eventsOf("wsOpen", dials)
          end(await stage.live())
          await stage.eventsOf("wsClose", dials)
          while (left !== null && (await stage.dials()) === dials) left = await stage.passToNext(left)
        }
        expect(stage.server.visits.length).toBeLessThanOrEqual(6)
        expect(stage.server.visits.length).toBeGreaterThan(3)
      },
      { official: how === "closes with 1013" ? ["2"] : [] },
    )
  }

  defect("a number as htmx.config.wsReconnectDelay is a delay", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      clock: true,
      delay: undefined,
      script: "htmx.config.wsReconnectDelay = 150",
    })
    await stage.eventsOf("wsOpen")
    ;(await stage.live()).end()
    await stage.eventsOf("wsClose")
    await stage.pass(149)
    expect(await stage.dials()).toBe(1)
    await stage.pass(1)
    expect(await stage.dials()).toBe(2)
    await stage.eventsOf("wsOpen", 2)
    expect(stage.console).toEqual([])
  })

  defect("an element with an invalid URL does not affect its neighbours", async (stage) => {
    await stage.open(
      `<div id="bad" ws-connect="ws://host:99999/x"></div>
       <div id="good" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`,
    )
    await stage.live()
    expect((await stage.eventsOf("wsError"))[0]).toMatchObject({ on: "#bad" })
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  defect("a createWebSocket that throws is a failed attempt, and the next one follows", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      script: `
        let calls = 0
        htmx.createWebSocket = (url) => {
          if (++calls === 2) throw new Error("no token")
          return new WebSocket(url)
        }`,
    })
    ;(await stage.live()).reset()
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    const [failed] = await stage
      .events("wsError")
      .then((errors) => errors.filter(({ detail }) => JSON.stringify(detail.error).includes("no token")))
    expect(failed).toMatchObject({ on: "#c" })
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  defect("a server that closes with 1001 is dialled again", async (stage) => {
    stage.server.webSocket("/ws", inTurn(closeAfter(0, 1001), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`)
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
  })

  defect("a handshake without a response ends after connectTimeout and is retried", async (stage) => {
    stage.server.webSocket("/ws", inTurn(hang(), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      clock: true,
      config: { ws: { connectTimeout: "300ms" } },
    })
    await stage.until(() => stage.server.visits.length === 1)
    await stage.pass(300)
    await stage.eventsOf("wsClose")
    await stage.pass(100)
    await stage.live()
    const [error] = await stage.eventsOf("wsError")
    expect(error?.detail.error).toMatchObject({ message: expect.stringContaining("300 ms") })
    expect(stage.server.visits).toHaveLength(2)
  })
})
