import { describe } from "vitest"
import { accept, closeAfter, dropAfter, hang, inTurn } from "../../setup/behaviours.ts"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

describe.concurrent("after a failure", () => {
  // First, since they take longest.
  for (const [how, behaviour] of [
    ["closes with 1013", closeAfter(0, 1013)],
    ["drops the connection", dropAfter(5)],
  ] as const) {
    defect(
      "D31",
      `a server that accepts and ${how} at once is dialled no more than six times in 8 s`,
      async (stage) => {
        stage.server.webSocket("/ws", behaviour)
        const window = 8_000
        await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
          delay: undefined,
          first: "Math.random = () => 0.5",
        })
        const since = performance.now()
        while (performance.now() < since + window && stage.server.visits.length <= 6) {
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        expect(stage.server.visits.length).toBeLessThanOrEqual(6)
        expect(stage.server.visits.length).toBeGreaterThan(3)
      },
      { official: how === "closes with 1013" ? ["2"] : [] },
    )
  }

  defect("D5", "a number as htmx.config.wsReconnectDelay is a delay", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      delay: undefined,
      script: "htmx.config.wsReconnectDelay = 150",
    })
    ;(await stage.live()).reset()
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    await stage.toldOf("wsOpen", 2)
    const told = await stage.told()
    const [closed, dialled] = ["wsClose", "wsConnecting"].map((name) =>
      told.findLast((event) => event.name === name),
    )
    expect((dialled?.at ?? 0) - (closed?.at ?? 0)).toBeGreaterThan(140)
    expect(stage.console).toEqual([])
  })

  defect("D6", "an element whose URL cannot be dialled does not harm its neighbours", async (stage) => {
    await stage.open(
      `<div id="bad" ws-connect="ws://host:99999/x"></div>
       <div id="good" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`,
    )
    await stage.live()
    expect((await stage.toldOf("wsError"))[0]).toMatchObject({ on: "#bad" })
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  defect(
    "D7",
    "a createWebSocket that throws is a failed attempt, and the next one follows",
    async (stage) => {
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
        .told("wsError")
        .then((errors) => errors.filter(({ detail }) => JSON.stringify(detail.error).includes("no token")))
      expect(failed).toMatchObject({ on: "#c" })
      expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    },
  )

  defect("D16", "a server that closes with 1001 is dialled again", async (stage) => {
    stage.server.webSocket("/ws", inTurn(closeAfter(0, 1001), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`)
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
  })

  defect(
    "D33",
    "a handshake that is not answered ends with connectTimeout and is tried again",
    async (stage) => {
      stage.server.webSocket("/ws", inTurn(hang(), accept()))
      await stage.open(`<div id="c" ws-connect="/ws"></div>`, { config: { ws: { connectTimeout: "300ms" } } })
      await stage.live()
      const [error] = await stage.toldOf("wsError")
      expect(error?.detail.error).toMatchObject({ message: expect.stringContaining("300 ms") })
      expect(stage.server.visits).toHaveLength(2)
    },
  )
})
