import { describe } from "vitest"
import { accept, echo, hang, inTurn, stopReading, trickle } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

describe.concurrent("a peer that does not answer", () => {
  // Chromium dials one host one by one: a handshake that hangs holds up all that come after.
  onBoth("a handshake that hangs is given up, and the sockets behind it open", async (stage) => {
    stage.server.webSocket("/hang", hang())
    await stage.open(
      `<div id="hangs" ws-connect="/hang" ws-config="connectTimeout:400ms, reconnectDelay:60s"></div>
       <div id="good" ws-connect="/ws"></div>`,
      { delay: undefined },
    )
    await stage.live()
    await stage.toldOf("wsOpen")
    const told = await stage.told()
    expect(told.find(({ name }) => name === "wsError")).toMatchObject({ on: "#hangs" })
    expect(told.findIndex(({ name }) => name === "wsOpen")).toBeGreaterThan(
      told.findIndex(({ name, on }) => name === "wsReconnecting" && on === "#hangs"),
    )
  })

  onBoth("a handshake that trickles in is given up", async (stage) => {
    stage.server.webSocket("/ws", inTurn(trickle(20), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, { config: { ws: { connectTimeout: 400 } } })
    await stage.live()
    expect(await stage.lives()).toEqual([
      "wsConfigConnect #c",
      "wsConnecting #c",
      "wsError #c",
      "wsClose #c",
      "wsReconnecting #c",
      "wsConfigConnect #c",
      "wsConnecting #c",
      "wsOpen #c",
    ])
  })

  onBoth("a closing handshake that is not answered ends with closeTimeout", async (stage) => {
    stage.server.webSocket("/ws", stopReading())
    await stage.open(`<div id="c" ws-connect="/ws"><p ws-status></p></div>`, {
      config: { ws: { closeTimeout: "300ms" } },
    })
    await stage.toldOf("wsOpen")
    const [state, since] = await stage.page.evaluate(() => {
      const wrapper = window.wrappers["#c"]
      wrapper?.close()
      return [wrapper?.state, performance.now()] as const
    })
    expect(state).toBe("closed")
    const [closed] = await stage.toldOf("wsClose")
    expect((closed?.at ?? 0) - since).toBeGreaterThan(250)
    expect(closed?.detail.event).toMatchObject({ code: 1006 })
    expect(await stage.page.evaluate(() => window.sockets[0]?.readyState)).toBe(2)
    expect(stage.server.visits).toHaveLength(1)
  })

  onBoth("reconnect() does not wait for a closing handshake", async (stage) => {
    stage.server.webSocket("/ws", inTurn(stopReading(), echo()))
    await stage.open(`<div id="c" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`)
    await stage.toldOf("wsOpen")
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.toldOf("wsOpen", 2)
    await stage.submit()
    await stage.until(() => stage.server.visits[1]?.texts.length === 1)
    expect(await stage.told("wsClose")).toEqual([])
  })
})

describe.concurrent("the heartbeat", () => {
  const heartbeat = (timeout = "300ms") => ({
    config: { ws: { heartbeat: "200ms", heartbeatTimeout: timeout } },
  })

  onBoth("drops a peer that has fallen silent, and dials again without waiting for it", async (stage) => {
    stage.server.webSocket("/ws", inTurn(stopReading(), echo()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat())
    await stage.until(() => (stage.server.visits[1]?.texts.length ?? 0) >= 3)
    expect(stage.server.visits).toHaveLength(2)
    expect(stage.server.visits[1]?.texts[0]).toBe(`{"type":"ping"}`)
    expect(await stage.told("wsClose")).toMatchObject([{ detail: { event: { code: 1006 } } }])
  })

  onBoth("asks nothing of a peer that talks", async (stage) => {
    stage.server.webSocket(
      "/ws",
      accept((visit) => {
        const talk = () => {
          visit.send("<p id=none></p>")
          visit.later(40, talk)
        }
        talk()
      }),
    )
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat("10s"))
    await stage.toldOf("wsAfterMessage", 15)
    expect(stage.server.received("/ws")).toEqual([])
  })

  onBoth("takes any frame for an answer, and sends the message that is set", async (stage) => {
    stage.server.webSocket("/ws", echo())
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      config: { ws: { heartbeat: 100, heartbeatTimeout: 2_000, heartbeatMessage: "<p id=beat></p>" } },
    })
    await stage.until(() => stage.server.received("/ws").length >= 3)
    expect(new Set(stage.server.received("/ws"))).toEqual(new Set(["<p id=beat></p>"]))
    expect(stage.server.visits).toHaveLength(1)
  })
})
