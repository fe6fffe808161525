import { beforeAll, describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { type Detail, microtasks, type Page } from "../../kit/openPage.ts"

const names = [
  "wsConfigConnect",
  "wsConnecting",
  "wsOpen",
  "wsClose",
  "wsError",
  "wsReconnecting",
  "wsFailed",
  "wsBeforeMessage",
  "wsAfterMessage",
  "wsConfigSend",
  "wsBeforeSend",
  "wsAfterSend",
  "wsDropped",
] as const

const settings = `{"queueCapacity": 2, "reconnectMaxAttempts": 1, "reconnectDelay": 100, "reconnectJitter": 0}`

const html = `<div id="c" ws-connect="/ws" ws-config='${settings}'><form id="f" ws-send><input name="n" value="1"></form></div>`
const neighbour = `<div id="d" ws-connect="/neighbour"><form id="g" ws-send></form><p id="out"></p></div>`

/** Whatever makes a connection dispatch all of its events, with what is left of it. */
const live = (page: Page, check: () => void): void => {
  const step = (act: () => void): void => {
    act()
    check()
  }
  const sockets = () => page.sockets.filter(({ url }) => url.endsWith("/ws"))
  const current = () => sockets().at(-1)
  const wrapper = page.wrapper()
  const submit = () => {
    const form = page.document.querySelector<HTMLFormElement>("#f")
    form?.requestSubmit()
  }
  step(submit)
  step(() => current()?.readyState === 0 && current()?.open())
  step(submit)
  step(() => current()?.readyState === 1 && current()?.message(`<b id="nothing"></b>`))
  step(() => current()?.readyState === 1 && current()?.drop())
  step(submit)
  step(submit)
  step(submit)
  step(() => page.advance(100))
  step(() => current()?.readyState === 0 && current()?.drop())
  step(() => page.advance(100))
  step(() => wrapper.reconnect())
  step(() => current()?.readyState === 0 && current()?.open())
  step(submit)
}

const actions: Record<string, (page: Page, detail: Detail) => void> = {
  "removes the element": (page) => page.$("#c").remove(),
  sends: (_, { socketWrapper }) => socketWrapper.send("extra"),
  reconnects: (_, { socketWrapper }) => socketWrapper.reconnect(),
  closes: (_, { socketWrapper }) => socketWrapper.close(),
  throws: () => {
    throw new Error("boom")
  },
}

onBoth((open) => {
  let undisturbed: ReadonlyArray<string> = []
  beforeAll(async () => {
    using page = await open({ body: html })
    live(page, () => {})
    undisturbed = page.events
  })

  describe.each(names)("a listener of %s", (name) => {
    test.each(Object.keys(actions))("%s without a fault", async (action) => {
      using page = await open({ body: neighbour })
      const other = page.socket.open()
      const idle = page.clock.pending
      page.add(html)
      const wrapper = page.wrapper()
      let acted = false
      page.on(name, (event) => {
        if (acted || event.target === page.$("#d") || event.target === page.document.querySelector("#g"))
          return
        acted = true
        actions[action]?.(page, event.detail)
      })
      // The first dial has been before there was a listener.
      wrapper.reconnect()
      live(page, () => {
        expect(page.live.filter((socket) => socket !== other).length).toBeLessThanOrEqual(1)
        expect(page.clock.pending - idle).toBeLessThanOrEqual(2)
      })
      expect(acted).toBe(true)

      // What the element has left behind, now that it goes.
      page.document.querySelector("#c")?.remove()
      await microtasks()
      expect(page.live).toEqual([other])
      expect(page.clock.pending).toBeLessThanOrEqual(idle)
      const events = page.events.length
      for (const socket of page.sockets) if (socket !== other && socket.readyState !== 3) socket.answerClose()
      page.advance(100_000)
      expect(page.events.length).toBe(events)
      const closes = page.events.filter((event) => event === "wsClose #c")
      expect(page.events.lastIndexOf("wsClose #c") >= 0 || closes.length === 0).toBe(true)

      // Every accepted message has had one end.
      const sent = page.all("wsAfterSend").filter(({ on }) => on.id === "f" || on.localName === "body").length
      const dropped = page.all("wsDropped").length
      const wire = page.sockets.filter((socket) => socket !== other).flatMap((socket) => socket.sent)
      const configured = page.all("wsConfigSend").length
      const extra = wire.filter((data) => data === "extra").length
      expect(wire.length - extra).toBe(sent)
      if (action !== "removes the element" && action !== "throws") {
        expect(sent + dropped + extra).toBe(configured + (action === "sends" ? 1 : 0))
      }

      // The neighbour has noticed nothing.
      page.submit("#g")
      other.message(`<p id="out">fine</p>`)
      expect([other.sent.length, page.$("#out").textContent]).toEqual([1, "fine"])
      const uncaught = page.console.filter((line) => line.startsWith("uncaught"))
      expect(uncaught).toEqual(action === "throws" ? [expect.stringContaining("boom")] : [])
    })

    test("that throws has no effect", async () => {
      using page = await open({ body: html })
      page.on(name, () => {
        throw new Error("boom")
      })
      live(page, () => {})
      expect(page.events).toEqual(undisturbed)
    })

    test("that closes the connection lets it be opened again", async () => {
      using page = await open({ body: html })
      const wrapper = page.wrapper()
      let acted = false
      page.on(name, ({ detail }) => {
        if (acted) return
        acted = true
        detail.socketWrapper.close()
      })
      wrapper.reconnect()
      live(page, () => {})
      for (const socket of page.sockets) if (socket.readyState === 2) socket.answerClose()
      wrapper.reconnect()
      page.socket.open()
      page.forget()
      wrapper.send("works")
      expect([wrapper.state, page.socket.sent.at(-1), page.live.length]).toEqual(["open", "works", 1])
    })

    test("that reconnects makes a connection that works", async () => {
      using page = await open({ body: html })
      let acted = false
      page.on(name, ({ detail }) => {
        if (acted) return
        acted = true
        detail.socketWrapper.reconnect()
      })
      page.wrapper().reconnect()
      live(page, () => {})
      const [socket] = page.live
      if (socket?.readyState === 0) socket.open()
      page.wrapper().send("works")
      expect([page.wrapper().state, socket?.sent.at(-1), page.live.length]).toEqual(["open", "works", 1])
    })
  })

  test("a listener of wsConfigConnect that always cancels causes no endless loop", async () => {
    using page = await open({ body: html })
    page.on("wsConfigConnect", (event) => event.preventDefault())
    page.wrapper().reconnect()
    page.advance(100_000)
    expect([page.all("wsConfigConnect").length, page.wrapper().state]).toEqual([2, "closed"])
  })

  test("a listener that sends in each event of a message keeps the order", async () => {
    using page = await open({ body: html })
    page.on("wsAfterSend", ({ detail }) => {
      const n = Number(detail.message)
      if (n < 50) detail.socketWrapper.send(String(n + 1), page.$("#f"))
    })
    page.socket.open()
    page.wrapper().send("0", page.$("#f"))
    expect(page.socket.sent.map(Number)).toEqual([...Array(51).keys()])
  })
})
