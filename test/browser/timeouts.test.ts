import { describe } from "vitest"
import { accept, echo, hang, inTurn, stopReading, trickle } from "../setup/behaviours.ts"
import { frame } from "../setup/frames.ts"
import { expect, onBoth } from "./kit/test.ts"

describe.concurrent("a peer that does not answer", () => {
  // Chromium dials each address for one socket at a time: a hanging handshake blocks all later ones.
  for (const places of [
    ["good", "hangs"],
    ["hangs", "good"],
    ["hangs", "good", "hangs"],
    ["hangs", "hangs", "good"],
  ])
    onBoth(`hanging handshakes take turns with a good one: ${places.join(", ")}`, async (stage) => {
      const elements = places.map((path, at) => {
        if (path === "hangs") stage.server.webSocket(`/${path}${at}`, hang())
        return `<div id="${path}" ws-connect="/${path}${at}"></div>`
      })
      await stage.open(elements.join(""), { config: { ws: { connectTimeout: 400 } }, clock: true })
      expect(await stage.dials()).toBe(places.length)
      for (let turn = 1; turn <= places.indexOf("good"); turn++) {
        await stage.until(() => stage.server.visits.length === turn)
        await stage.pass(399)
        expect(await stage.events("wsError")).toHaveLength(turn - 1)
        await stage.pass(1)
      }
      await stage.eventsOf("wsOpen")
      expect(await stage.dials("/good")).toBe(1)
    })

  onBoth("a handshake that trickles in is aborted", async (stage) => {
    stage.server.webSocket("/ws", inTurn(trickle(20), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      config: { ws: { connectTimeout: 400 } },
      clock: true,
    })
    await stage.until(() => stage.server.visits.length === 1)
    await stage.pass(400)
    await stage.eventsOf("wsReconnecting")
    await stage.pass(100)
    await stage.eventsOf("wsOpen")
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

  onBoth("a closing handshake without a reply ends after closeTimeout", async (stage) => {
    stage.server.webSocket("/ws", stopReading())
    await stage.open(`<div id="c" ws-connect="/ws"><p ws-status></p></div>`, {
      config: { ws: { closeTimeout: "300ms" } },
      clock: true,
    })
    await stage.eventsOf("wsOpen")
    const state = await stage.page.evaluate(() => {
      const wrapper = window.wrappers["#c"]
      wrapper?.close()
      return wrapper?.state
    })
    expect(state).toBe("closed")
    await stage.pass(299)
    expect(await stage.events("wsClose")).toEqual([])
    await stage.pass(1)
    const [closed] = await stage.eventsOf("wsClose")
    expect(closed?.detail.event).toMatchObject({ code: 1006 })
    expect(await stage.page.evaluate(() => window.sockets[0]?.readyState)).toBe(2)
    expect(stage.server.visits).toHaveLength(1)
  })

  onBoth("reconnect() does not wait for a closing handshake", async (stage) => {
    stage.server.webSocket("/ws", inTurn(stopReading(), echo()))
    await stage.open(`<div id="c" ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`)
    await stage.eventsOf("wsOpen")
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.eventsOf("wsOpen", 2)
    await stage.submit()
    await stage.until(() => stage.server.visits[1]?.texts.length === 1)
    expect(await stage.events("wsClose")).toEqual([])
  })
})

describe.concurrent("the heartbeat", () => {
  const heartbeat = { config: { ws: { heartbeat: "200ms", heartbeatTimeout: "300ms" } }, clock: true }

  onBoth("drops a silent peer, and dials again without waiting for its close", async (stage) => {
    stage.server.webSocket("/ws", inTurn(stopReading(), echo()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat)
    await stage.eventsOf("wsOpen")
    await stage.pass(499)
    expect(await stage.events("wsClose")).toEqual([])
    await stage.pass(1)
    expect(await stage.events("wsClose")).toMatchObject([{ detail: { event: { code: 1006 } } }])
    await stage.pass(100)
    await stage.eventsOf("wsOpen", 2)
    for (const pings of [1, 2, 3]) {
      await stage.pass(200)
      await stage.eventsOf("wsAfterMessage", pings)
    }
    expect(stage.server.visits).toHaveLength(2)
    expect(stage.server.visits[1]?.texts).toEqual(Array(3).fill(`{"type":"ping"}`))
  })

  onBoth("lets an upload of 8 MB go on as long as it makes progress", async (stage) => {
    stage.server.webSocket("/ws", stopReading())
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat)
    await stage.eventsOf("wsOpen")
    const buffered = () => stage.page.evaluate(() => window.sockets[0]?.bufferedAmount ?? 0)
    await stage.page.evaluate(() => window.wrappers["#c"]?.send("x".repeat(8_000_000)))
    await stage.pass(200)
    const before = await buffered()
    expect(before).toBeGreaterThan(1_000_000)
    stage.server.visits[0]?.startReading()
    await stage.until(async () => (await buffered()) < before)
    await stage.pass(499)
    expect(await stage.events("wsClose")).toEqual([])
    stage.server.send("<p id=none></p>")
    await stage.eventsOf("wsAfterMessage")
    await stage.until(() => stage.server.visits[0]?.texts[0]?.length === 8_000_000)
    expect(stage.server.visits).toHaveLength(1)
  })

  onBoth("receives a frame of 2 MB on a slow line, after waiting longer for it", async (stage) => {
    const bytes = frame(`<p id=none>${"x".repeat(2_000_000)}</p>`)
    stage.server.webSocket(
      "/ws",
      accept((visit) => visit.raw(bytes.subarray(0, 1_000_000))),
    )
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat)
    await stage.eventsOf("wsOpen")
    for (const drops of [1, 2]) {
      await stage.pass(500)
      expect(await stage.events("wsClose")).toHaveLength(drops)
      await stage.pass(100)
      await stage.eventsOf("wsOpen", drops + 1)
    }
    await stage.pass(799)
    expect(await stage.events("wsClose")).toHaveLength(2)
    stage.server.visits[2]?.raw(bytes.subarray(1_000_000))
    await stage.eventsOf("wsAfterMessage")
    expect(stage.server.visits).toHaveLength(3)
  })

  onBoth("sends no heartbeat to a peer that sends messages", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, heartbeat)
    await stage.eventsOf("wsOpen")
    for (const frames of [1, 2, 3, 4, 5]) {
      await stage.pass(199)
      stage.server.send("<p id=none></p>")
      await stage.eventsOf("wsAfterMessage", frames)
    }
    await stage.page.evaluate(() => window.wrappers["#c"]?.send("after all"))
    await stage.until(() => stage.server.received("/ws").length > 0)
    expect(stage.server.received("/ws")).toEqual(["after all"])
  })

  onBoth("accepts any frame as a reply, and sends the configured message", async (stage) => {
    stage.server.webSocket("/ws", echo())
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, {
      config: { ws: { heartbeat: 100, heartbeatTimeout: 2_000, heartbeatMessage: "<p id=beat></p>" } },
      clock: true,
    })
    await stage.eventsOf("wsOpen")
    for (const answers of [1, 2, 3]) {
      await stage.pass(100)
      await stage.eventsOf("wsAfterMessage", answers)
    }
    await stage.pass(99)
    expect(stage.server.received("/ws")).toEqual(Array(3).fill("<p id=beat></p>"))
    expect(stage.server.visits).toHaveLength(1)
  })
})
