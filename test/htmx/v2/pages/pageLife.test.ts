import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import type { Options, Page } from "../../kit/openPage.ts"
import { microtasks } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"></div>`
const config = (ws: Record<string, unknown>): Pick<Options, "before"> => ({
  before: ({ htmx }) => {
    htmx.config.ws = ws
  },
})

const fire = (page: Page, type: string): void => void page.window.dispatchEvent(new page.window.Event(type))

const online = (page: Page, value: boolean): void => {
  Object.defineProperty(page.window.navigator, "onLine", { configurable: true, value })
  fire(page, value ? "online" : "offline")
}

onBoth((open) => {
  describe("back and forward", () => {
    test.each([1000, 1005, 1006])(
      "a page that was cached and comes back dials again, whatever its close was: %d",
      async (code) => {
        using page = await open({ body })
        page.socket.open()
        fire(page, "pagehide")
        expect(page.live).toHaveLength(0)
        page.socket.end(code)
        expect(page.wrapper().state).toBe("paused")
        fire(page, "pageshow")
        expect(page.live).toHaveLength(1)
        page.socket.open()
        expect(page.wrapper().state).toBe("open")
      },
    )

    test("also if the close has not been answered", async () => {
      using page = await open({ body })
      page.socket.open()
      fire(page, "pagehide")
      fire(page, "pageshow")
      expect([page.live.length, page.sockets.length]).toEqual([1, 2])
      page.socketAt(0).answerClose()
      expect(page.live).toHaveLength(1)
    })

    test("also if it was connecting, and if a retry was pending", async () => {
      using page = await open({ body })
      fire(page, "pagehide")
      expect(page.live).toHaveLength(0)
      fire(page, "pageshow")
      page.socket.open().drop()
      fire(page, "pagehide")
      page.advance(100_000)
      expect(page.live).toHaveLength(0)
      fire(page, "pageshow")
      expect(page.live).toHaveLength(1)
    })

    test("a connection that was closed for good stays closed", async () => {
      using page = await open({ body })
      page.socket.open().end(1000)
      fire(page, "pagehide")
      fire(page, "pageshow")
      expect(page.sockets).toHaveLength(1)
    })

    test("dials again although reconnect is false, since that is no retry", async () => {
      using page = await open({ body, ...config({ reconnect: false }) })
      page.socket.open()
      fire(page, "pagehide")
      page.socket.answerClose()
      fire(page, "pageshow")
      expect(page.live).toHaveLength(1)
    })
  })

  describe("last words", () => {
    test("the page closes with 1000 and a reason", async () => {
      using page = await open({ body })
      page.socket.open()
      fire(page, "pagehide")
      expect(page.socket.closeCalls).toEqual([[1000, "page navigating away"]])
      expect(page.wrapper().state).toBe("paused")
    })

    test("messages of listeners of visibilitychange are sent before a pause", async () => {
      using page = await open({ body, ...config({ pauseOnBackground: true }) })
      page.socket.open()
      page.document.addEventListener("visibilitychange", () => page.wrapper().send("bye"))
      page.visibility(true)
      expect([page.socket.sent, page.wrapper().state]).toEqual([["bye"], "paused"])
    })
  })

  describe("out of the document and back", () => {
    test("an element that is removed while another returns loses its connection", async () => {
      using page = await open({ body: `<main>${body}</main><i><i id="d" ws-connect="/d"></i></i>` })
      const element = page.$("#c")
      element.remove()
      await microtasks()
      page.on("wsConnecting", () => page.document.querySelector("#d")?.remove())
      page.$("main").append(element)
      await microtasks()
      expect(page.live.map(({ url }) => url)).toEqual([expect.stringMatching("/ws$")])
    })

    test("an element that returns is connected again", async () => {
      using page = await open({ body: `<main>${body}</main>` })
      page.socket.open()
      const element = page.$("#c")
      element.remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
      page.document.body.append(element)
      await microtasks()
      expect(page.live).toHaveLength(1)
      page.socket.open()
      expect(page.wrapper().state).toBe("open")
    })

    test("so is one inside an element that leaves and returns again and again, with its senders", async () => {
      using page = await open({
        body: `<main><section id="tab"><div id="c" ws-connect="/ws"><form id="f" ws-send></form></div></section></main>`,
      })
      const tab = page.$("#tab")
      for (let round = 1; round <= 3; round++) {
        page.socket.open()
        tab.remove()
        await microtasks()
        page.$("main").append(tab)
        await microtasks()
        expect(page.sockets).toHaveLength(round + 1)
      }
      page.socket.open()
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("so is one whose removal was noticed by a frame", async () => {
      using page = await open({ body: `<main>${body}</main>` })
      page.socket.open()
      const element = page.$("#c")
      element.remove()
      page.socket.message("late")
      await microtasks()
      page.$("main").append(element)
      await microtasks()
      expect(page.live).toHaveLength(1)
    })

    test("but not an element that htmx has cleaned up", async () => {
      using page = await open({ body: `<main id="m">${body}</main>` })
      const element = page.$("#c")
      page.socket.open()
      page.socket.message(`<main id="m"></main>`)
      await microtasks()
      page.document.body.append(element)
      await microtasks()
      expect([element.isConnected, page.sockets.length]).toEqual([true, 1])
    })

    test("later removals are noticed", async () => {
      using page = await open({ body: `<main>${body}<div id="d" ws-connect="/d"></div></main>` })
      const element = page.$("#c")
      element.remove()
      await microtasks()
      page.$("main").append(element)
      await microtasks()
      expect(page.live).toHaveLength(2)
      page.$("main").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
    })
  })

  describe("online and offline", () => {
    test("online makes a waiting connection dial at once, and only once", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.9
      page.socket.open().drop()
      online(page, true)
      expect(page.sockets).toHaveLength(2)
      page.socket.open()
      page.advance(100_000)
      expect(page.sockets).toHaveLength(2)
    })

    test("offline, retries go on and do not count as attempts: a local server may answer", async () => {
      using page = await open({ body, ...config({ reconnectMaxAttempts: 2 }) })
      page.window.Math.random = () => 0.5
      page.socket.open()
      online(page, false)
      for (let drops = 0; drops < 5; drops++) {
        page.socket.drop()
        page.advance(Number(page.last("wsReconnecting").delay))
      }
      expect([page.sockets.length, page.wrapper().state]).toEqual([6, "connecting"])
      page.socket.open()
      expect(page.wrapper().state).toBe("open")
    })

    test("waking from sleep makes it dial at once", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.9
      page.socket.open()
      for (let times = 0; times < 7; times++) {
        page.socket.drop()
        if (times < 6) page.advance(64_000)
      }
      expect(page.last("wsReconnecting").delay).toBeGreaterThan(20_000)
      const dials = page.dials.length
      page.clock.sleep(10_000)
      expect(page.dials).toHaveLength(dials + 1)
    })

    test("none of these affects an open connection", async () => {
      using page = await open({ body })
      page.socket.open()
      online(page, false)
      online(page, true)
      fire(page, "pageshow")
      page.visibility(true)
      page.visibility(false)
      expect([page.sockets.length, page.socket.isLive]).toEqual([1, true])
    })
  })

  describe("a page in the background", () => {
    test("keeps its connections", async () => {
      using page = await open({ body })
      page.socket.open()
      page.visibility(true)
      page.advance(1_000_000)
      expect(page.live).toHaveLength(1)
    })

    test("closes them if pauseOnBackground is set, and dials again when it is shown, with the ordinary events", async () => {
      using page = await open({ body, ...config({ pauseOnBackground: true }) })
      page.socket.open()
      page.visibility(true)
      expect([page.live.length, page.wrapper().state]).toEqual([0, "paused"])
      page.wrapper().send("waits")
      page.socket.answerClose()
      page.forget()
      page.visibility(false)
      expect(page.events).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
      page.socket.open()
      expect(page.socket.sent).toEqual(["waits"])
    })

    test("closes the others after a listener has removed those that were closed", async () => {
      using page = await open({
        body: `<main><i ws-connect="/c"></i><i ws-connect="/d"></i></main>`,
        ...config({ pauseOnBackground: true }),
      })
      for (const socket of page.sockets) {
        socket.open()
        // A stand-in may emit `close` in the turn of the call.
        socket.close = () => socket.end(1000)
      }
      let isSwapped = false
      page.on("wsClose", () => {
        if (!isSwapped) {
          isSwapped = true
          page.swap("main", "<p></p>")
        }
      })
      page.visibility(true)
      page.visibility(false)
      page.add(body)
      page.visibility(true)
      expect(page.live).toHaveLength(0)
    })

    test("closes them after a grace period", async () => {
      using page = await open({ body, ...config({ pauseOnBackground: "5s" }) })
      page.socket.open()
      page.visibility(true)
      page.advance(4999)
      page.visibility(false)
      page.advance(10_000)
      expect(page.sockets[0]?.isLive).toBe(true)
      page.visibility(true)
      page.advance(5000)
      expect(page.live).toHaveLength(0)
      page.visibility(false)
      expect(page.live).toHaveLength(1)
    })

    test("does not dial for a retry while it is hidden", async () => {
      using page = await open({ body, ...config({ pauseOnBackground: true }) })
      page.socket.open().drop()
      page.visibility(true)
      page.advance(100_000)
      expect(page.live).toHaveLength(0)
      page.visibility(false)
      expect(page.live).toHaveLength(1)
    })
  })

  describe("heartbeat", () => {
    test("pings a silent peer, and dials again if no frame arrives", async () => {
      using page = await open({ body, ...config({ heartbeat: "20s", heartbeatTimeout: "5s" }) })
      page.socket.open()
      page.advance(19_999)
      expect(page.socket.sent).toEqual([])
      page.advance(1)
      expect(page.socket.sent).toEqual([`{"type":"ping"}`])
      page.advance(5000)
      expect(page.events.slice(-2)).toEqual(["wsClose #c", "wsReconnecting #c"])
      page.advance(1000)
      expect([page.sockets.length, page.live.length]).toEqual([2, 1])
    })

    test("accepts any frame as a reply", async () => {
      using page = await open({
        body,
        ...config({ heartbeat: 1000, heartbeatTimeout: 500, heartbeatMessage: "hey" }),
      })
      page.socket.open()
      page.advance(1200)
      page.socket.message("<i></i>")
      page.advance(999)
      expect(page.socket.sent).toEqual(["hey"])
      page.advance(1)
      expect(page.socket.sent).toEqual(["hey", "hey"])
      expect(page.live).toHaveLength(1)
    })

    test("is off by default", async () => {
      using page = await open({ body })
      page.socket.open()
      page.advance(1_000_000)
      expect([page.socket.sent, page.live.length]).toEqual([[], 1])
    })
  })
})
