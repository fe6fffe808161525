import { describe, expect, test } from "vitest"
import { onBoth, shared } from "../../kit/onBoth.ts"
import { microtasks, type Options, type Page, type Window } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

const config = (settings: Record<string, unknown>): Pick<Options, "before"> => ({
  before: ({ htmx }) => void Object.assign(htmx.config, settings),
})

const random = (window: Window, value: number): void => {
  window.Math.random = () => value
}

/** The delays of so many retries, none of which succeeds. */
const delaysOf = (page: Page, count: number): Array<unknown> => {
  for (let retry = 0; retry < count; retry++) {
    if (page.socket.readyState === 0) page.socket.drop()
    page.advance(Number(page.last("wsReconnecting").delay))
  }
  return page.all("wsReconnecting").map(({ detail }) => detail.delay)
}

onBoth((open) => {
  describe("retries wait", () => {
    test.each([
      ["as long as full jitter has it, where nothing is set", undefined],
      ["as long as full jitter has it, where it is set", "full-jitter"],
    ])("%s", async (_, wsReconnectDelay) => {
      using page = await open({ body, ...config(wsReconnectDelay === undefined ? {} : { wsReconnectDelay }) })
      random(page.window, 0.5)
      expect(delaysOf(page, 9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000])
    })

    test.each([0.001, 0.999])("between 0 and the bound: %d", async (value) => {
      using page = await open({ body })
      random(page.window, value)
      expect(delaysOf(page, 3)).toEqual([1000 * value, 2000 * value, 4000 * value])
    })

    test("as long as a function returns for the number of retries so far", async () => {
      const asked: Array<number> = []
      using page = await open({
        body,
        ...config({
          wsReconnectDelay: (count: number) => {
            asked.push(count)
            return 10 * (count + 1)
          },
        }),
      })
      expect(delaysOf(page, 3)).toEqual([10, 20, 30])
      expect(asked).toEqual([0, 1, 2])
    })

    test.each([
      [200, 200],
      ["200ms", 200],
      ["5s", 5000],
      ["5 seconds", 5000],
    ])("always %j, if that is the setting", async (wsReconnectDelay, delay) => {
      using page = await open({ body, ...config({ wsReconnectDelay }) })
      expect(delaysOf(page, 3)).toEqual([delay, delay, delay])
      expect(page.console.filter((line) => !line.includes("could not be opened"))).toEqual([])
    })

    test.each([
      ["2000", 2000],
      [0.5, 1],
      [70_000, 70_000],
      [Number.NaN, 500],
      ["soon", 500],
      [-1, 500],
    ])("as long as a listener of wsReconnecting writes into it: %j", async (delay, wait) => {
      using page = await open({ body })
      random(page.window, 0.5)
      page.on("wsReconnecting", ({ detail }) => Object.assign(detail, { delay }))
      page.socket.drop()
      page.advance(wait - 1)
      expect(page.sockets.length).toBe(1)
      page.advance(1)
      expect(page.sockets.length).toBe(2)
    })

    test("at least until the next task, also if there is no delay and a dial fails at once", async () => {
      let dials = 0
      using page = await open({
        body,
        before: ({ htmx }) => {
          htmx.config.wsReconnectDelay = () => 0
          htmx.createWebSocket = () => {
            // Where it is dialled for ever, nothing after this would be reached.
            if (++dials > 100) return { addEventListener: () => {}, close: () => {} } as unknown as WebSocket
            throw new Error("no network")
          }
        },
      })
      await microtasks()
      expect(dials).toBe(1)
      page.advance(1)
      expect(dials).toBe(2)
    })

    test("as an object of settings describes", async () => {
      using page = await open({
        body,
        ...config({
          wsReconnectDelay: {
            reconnectDelay: 100,
            reconnectFactor: 3,
            reconnectMaxDelay: 500,
            reconnectJitter: 0,
          },
        }),
      })
      expect(delaysOf(page, 4)).toEqual([100, 300, 500, 500])
    })

    test("a second if the function throws, with a sentence", async () => {
      const wsReconnectDelay = () => {
        throw new Error("oops")
      }
      using page = await open({ body, ...config({ wsReconnectDelay }) })
      page.socket.open().drop()
      expect(page.console).toEqual([expect.stringMatching(/oops/)])
      page.advance(1000)
      expect(page.sockets).toHaveLength(2)
    })

    test.for([
      ["150", 150],
      [undefined, 0],
      ["x", 0],
      [Number.NaN, 0],
      [-5, 0],
      [Number.POSITIVE_INFINITY, 0],
      [{}, 0],
      [12.7, 12],
    ] as const)("as setTimeout reads the result of the function: %j is %d ms", async ([answer, delay]) => {
      using page = await open({ body, ...config({ wsReconnectDelay: () => answer }) })
      page.socket.open().drop()
      expect([page.last("wsReconnecting").delay, page.console]).toEqual([delay, []])
    })

    test("by the page's setting at the time of the retry", async () => {
      using page = await open({ body, ...config({ wsReconnectDelay: () => 10 }) })
      page.htmx.config.wsReconnectDelay = () => 700
      page.socket.open().drop()
      expect(page.last("wsReconnecting").delay).toBe(700)
    })
  })

  describe("events of retries", () => {
    test("wsReconnecting has the attempt, the delay and the close event", async () => {
      using page = await open({ body, ...config({ wsReconnectDelay: 100 }) })
      page.socket.open().end(1012, "restart")
      const { attempt, delay, event, socketWrapper } = page.last("wsReconnecting")
      expect([attempt, delay, (event as CloseEvent).code, (event as CloseEvent).reason]).toEqual([
        1,
        100,
        1012,
        "restart",
      ])
      expect(event).toBe(page.last("wsClose").event)
      expect(socketWrapper.state).toBe("reconnecting")
      page.advance(100)
      page.socket.drop()
      expect(page.last("wsReconnecting").attempt).toBe(2)
      page.advance(100)
      page.socket.open().drop()
      expect(page.last("wsReconnecting").attempt).toBe(1)
    })

    test("wsFailed has the number of retries, and the end of the last one", async () => {
      using page = await open({ body, ...config({ wsReconnectDelay: 100, ws: { reconnectMaxAttempts: 2 } }) })
      page.socket.open().drop()
      page.advance(100)
      page.socket.drop()
      page.advance(100)
      page.forget()
      page.socket.drop()
      expect(page.events).toEqual(["wsError #c", "wsClose #c", "wsFailed #c"])
      expect(page.last("wsFailed")).toMatchObject({ attempts: 2, code: 1006, reason: "" })
      expect(page.wrapper().state).toBe("failed")
      page.advance(1_000_000)
      expect(page.sockets).toHaveLength(3)
    })

    test("reconnect() dials again after wsFailed, and waiting messages are sent", async () => {
      using page = await open({ body, ...config({ wsReconnectDelay: 100, ws: { reconnectMaxAttempts: 0 } }) })
      page.socket.drop()
      expect(page.events.at(-1)).toBe("wsFailed #c")
      page.submit("#f")
      page.wrapper().reconnect()
      page.socket.open()
      expect(page.socket.sent).toHaveLength(1)
    })

    test.each([
      ["overflow, where the newcomer is rejected", "reject", ["three"], ["one", "two"]],
      ["overflow, where the oldest has to go", "drop-oldest", ["one"], ["two", "three"]],
    ])("wsDropped reports %s", async (_, queueOverflow, dropped, sent) => {
      using page = await open({ body, ...config({ ws: { queueCapacity: 2, queueOverflow } }) })
      for (const message of ["one", "two", "three"]) page.wrapper().send(message, page.$("#f"))
      expect(page.all("wsDropped").map(({ detail, on }) => [detail.message, detail.reason, on.id])).toEqual(
        dropped.map((message) => [message, "overflow", "f"]),
      )
      page.socket.open()
      expect(page.socket.sent).toEqual(sent)
    })

    test("wsDropped is dispatched on the connect element if the message has no sender", async () => {
      using page = await open({ body, ...config({ ws: { queueCapacity: 0 } }) })
      page.wrapper().send("one")
      expect(page.events.at(-1)).toBe("wsDropped #c")
    })

    test("wsDropped reports a message that has waited too long", async () => {
      using page = await open({ body, ...config({ ws: { queueTtl: "5s" } }) })
      page.wrapper().send("old", page.$("#f"))
      await microtasks()
      page.advance(3000)
      page.wrapper().send("new", page.$("#f"))
      page.advance(2000)
      await microtasks()
      expect(page.last("wsDropped")).toMatchObject({ message: "old", reason: "expired" })
      page.socket.open()
      expect(page.socket.sent).toEqual(["new"])
    })
  })

  describe("a close is retried", () => {
    const codes = [1001, 1005, 1006, 1011, 1012, 1013, 1014]
    const final = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 1015, 3000, 4000, 4401]
    const opened = shared(() => open())
    test.each(codes)("after %d", (code) => {
      const page = opened()
      page.add(body)
      const sockets = page.sockets.length
      page.socket.open().end(code)
      expect(page.wrapper().state).toBe("reconnecting")
      page.advance(1000)
      expect(page.sockets).toHaveLength(sockets + 1)
    })

    test.each(final)("not after %d, but reconnect() works", (code) => {
      const page = opened()
      page.add(body)
      const sockets = page.sockets.length
      page.socket.open().end(code)
      page.advance(100_000)
      expect([page.sockets.length, page.wrapper().state]).toEqual([sockets, "closed"])
      expect(page.events.at(-1)).toBe("wsClose #c")
      page.wrapper().reconnect()
      expect(page.sockets).toHaveLength(sockets + 1)
    })

    test("after the codes of the setting, and no others", async () => {
      using page = await open({ body, ...config({ ws: { reconnectCodes: [4000] } }) })
      page.socket.open().end(4000)
      page.advance(1000)
      page.socket.open().drop()
      page.advance(100_000)
      expect(page.sockets).toHaveLength(2)
    })

    test("not if reconnect is false", async () => {
      using page = await open({ body, ...config({ ws: { reconnect: false } }) })
      page.socket.open().drop()
      page.advance(100_000)
      expect([page.sockets.length, page.wrapper().state]).toEqual([1, "closed"])
    })
  })

  describe("the backoff", () => {
    const steady = config({ ws: { reconnectDelay: 100, reconnectJitter: 0 } })
    const delays = (page: Page) => page.all("wsReconnecting").map(({ detail }) => detail.delay)

    test("goes on if the server accepts and then closes", async () => {
      using page = await open({ body, ...steady })
      for (let times = 0; times < 4; times++) {
        page.socket.open().end(1013)
        page.advance(Number(page.last("wsReconnecting").delay))
      }
      expect(delays(page)).toEqual([100, 200, 400, 800])
    })

    test("starts over after a stable time", async () => {
      using page = await open({ body, ...steady })
      for (let times = 0; times < 3; times++) {
        page.socket.open()
        page.advance(5000)
        page.socket.drop()
        page.advance(100)
      }
      expect(delays(page)).toEqual([100, 100, 100])
    })

    test("starts over after a frame, unless it arrived in the first second", async () => {
      using page = await open({ body, ...steady })
      for (const openFor of [0, 999, 1000]) {
        page.socket.open()
        page.advance(openFor)
        page.socket.message("<i></i>")
        page.socket.drop()
        page.advance(Number(page.last("wsReconnecting").delay))
      }
      expect(delays(page)).toEqual([100, 200, 100])
    })
  })

  describe("an unanswered handshake", () => {
    test("is a failed attempt after the connect timeout", async () => {
      using page = await open({ body })
      page.advance(14_999)
      expect(page.events).toHaveLength(2)
      page.advance(1)
      expect(page.events.slice(2)).toEqual(["wsError #c", "wsClose #c", "wsReconnecting #c"])
      expect(page.socket.isLive).toBe(false)
      expect(page.console).toEqual([expect.stringContaining("15000 ms")])
      page.socket.drop()
      expect(page.events).toHaveLength(5)
      page.advance(1000)
      expect(page.live).toHaveLength(1)
    })

    test("affects no other connection", async () => {
      using page = await open({ body: `${body}<div id="d" ws-connect="/two"></div>` })
      page.socket.open()
      page.advance(20_000)
      expect(page.events.filter((event) => event.endsWith("#d"))).toEqual([
        "wsConfigConnect #d",
        "wsConnecting #d",
        "wsOpen #d",
      ])
    })
  })

  describe("close()", () => {
    test("passes on code and reason, dispatches wsClose when the peer has answered, and is final", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().close(4001, "bye")
      expect(page.socket.closeCalls).toEqual([[4001, "bye"]])
      expect([page.wrapper().state, page.events.at(-1)]).toEqual(["closed", "wsOpen #c"])
      page.socket.answerClose()
      expect(page.events.at(-1)).toBe("wsClose #c")
      expect(page.last("wsClose").event).toMatchObject({ code: 4001, reason: "bye" })
      page.advance(100_000)
      expect(page.sockets).toHaveLength(1)
    })

    test("abandons a socket whose peer does not answer within the close timeout", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().close()
      page.advance(2000)
      expect(page.all("wsClose")).toHaveLength(1)
      page.socket.answerClose()
      expect(page.all("wsClose")).toHaveLength(1)
    })

    test("cancels a retry and a handshake", async () => {
      using page = await open({ body })
      page.wrapper().close()
      page.socket.drop()
      page.advance(100_000)
      expect([page.sockets.length, page.wrapper().state]).toEqual([1, "closed"])
      expect(page.console).toEqual([])
      page.wrapper().reconnect()
      page.socket.open().drop()
      page.wrapper().close()
      page.advance(100_000)
      expect([page.sockets.length, page.wrapper().state]).toEqual([2, "closed"])
    })

    test.each([
      [1001, "going away"],
      [5000, ""],
      [1000, "x".repeat(200)],
    ])("closes even with a code or reason that a browser refuses: %d", async (code, reason) => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().close(code, reason)
      expect(page.socket.isLive).toBe(false)
      expect(page.console).toEqual([])
    })
  })
})
