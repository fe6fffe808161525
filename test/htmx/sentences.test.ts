import { describe, expect, test, vi } from "vitest"
import * as htmx2 from "../../src/htmx/v2/extension.ts"
import * as htmx4 from "../../src/htmx/v4/extension.ts"
import { onBoth } from "./kit/onBoth.ts"

onBoth((open) => {
  describe("the console says in a sentence", () => {
    test("that there is no connection around an element that sends, and which element", async () => {
      using page = await open({ body: `<form id="f" ws-send><input name="n"></form>` })
      page.submit("#f")
      expect(page.told).toEqual(["wsError #f"])
      expect(page.last("wsError").error).toBeInstanceOf(page.window.Error)
      expect(page.console).toEqual([
        expect.stringMatching(/<form id="f" ws-send=""> sent nothing: no element around it is connected/),
      ])
    })

    test("that a handshake was refused", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      page.socket.drop()
      expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws could not be opened/)])
      expect(page.last("wsError").socketWrapper).toBe(page.last("wsClose").socketWrapper)
    })

    test("that an open socket broke", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      page.socket.open().fail()
      expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws broke/)])
    })

    test("that createWebSocket threw, and what", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"></div>`,
        before: ({ htmx }) => {
          htmx.createWebSocket = () => {
            throw new Error("no token")
          }
        },
      })
      expect(page.told).toEqual(["wsConfigConnect #c", "wsError #c", "wsReconnecting #c"])
      expect(page.console).toEqual([expect.stringContaining("no token")])
    })

    test.each(["ws://host:99999/x", "http://", "ftp://host/x", "mailto:a@b"])(
      "that %s is not a URL, while other connections work",
      async (url) => {
        using page = await open({
          body: `<div id="c" ws-connect="${url}"></div><div id="d" ws-connect="/ws"><form id="f" ws-send></form></div>`,
        })
        expect(page.told.filter((event) => event.endsWith("#c"))).toContain("wsError #c")
        expect(page.told).not.toContain("wsConnecting #c")
        expect(page.console).toEqual([expect.stringContaining(url)])
        page.socket.open()
        page.submit("#f")
        expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 1])
      },
    )

    test.each([
      ["reconnectDelay", '"soon"', /duration/],
      ["reconnectFactor", "0", /at least 1/],
      ["queueCapacity", "0.5", /whole number/],
      ["queueOverflow", '"explode"', /reject.*drop-oldest/],
      ["reconnectCodes", '"many"', /close codes/],
      ["binaryType", '"text"', /blob.*arraybuffer/],
      ["selfOnly", "1", /true.*false/],
    ])("that %s cannot be %s, and what it can be, once for all elements", async (key, value, expectation) => {
      using page = await open({
        head: `<meta name="htmx-config" content='{"ws": {"${key}": ${value}}}'>`,
        body: `<div ws-connect="/a"></div><div ws-connect="/b"></div>`,
      })
      expect(page.console).toHaveLength(1)
      expect(page.console[0]).toMatch(new RegExp(`^error: .*htmx\\.config\\.ws.*${key}`))
      expect(page.console[0]).toContain(value)
      expect(page.console[0]).toMatch(expectation)
      expect(page.sockets).toHaveLength(2)
    })

    test("that there is no such setting", async () => {
      using page = await open({ body: `<div ws-connect="/a" ws-config='{"reconectDelay": 5}'></div>` })
      expect(page.console).toEqual([expect.stringContaining("reconectDelay")])
      expect(page.sockets).toHaveLength(1)
    })

    test("that ws-config is not JSON", async () => {
      using page = await open({ body: `<div ws-connect="/a" ws-config='{"reconnect": tru'></div>` })
      expect(page.console).toEqual([expect.stringContaining("tru")])
      expect(page.sockets).toHaveLength(1)
    })

    test("that htmx.config.wsReconnectDelay is wrong, and goes on with the default", async () => {
      using page = await open({
        before: ({ htmx }) => {
          htmx.config.wsReconnectDelay = "often"
        },
        body: `<div id="c" ws-connect="/a"></div>`,
      })
      expect(page.console).toEqual([expect.stringMatching(/wsReconnectDelay.*often.*duration/)])
      page.window.Math.random = () => 0.5
      page.socket.open().drop()
      expect(page.last("wsReconnecting").delay).toBe(500)
    })

    test("that a part of a frame cannot be swapped, and swaps the rest", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><div id="a"></div><div id="b"></div></div>`,
      })
      page.socket.open()
      page.forget()
      page.socket.message(
        `<div id="a"><form id="f" ws-send></form></div><div id="x" hx-swap-oob="innerHTML:[">z</div><div id="b">new</div>`,
      )
      expect(page.$("#b").textContent).toBe("new")
      expect(page.told).toEqual(["wsBeforeMessage #c", "wsError #c", "wsAfterMessage #c"])
      expect(page.console.join()).toContain(`<div id="x"`)
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })
  })
})

test.for([
  ["htmx2", "1.8.6", "htmx: [ws] this script is for htmx 1.9 and 2, not 1.8.6"],
  ["htmx2", "4.0.1", "htmx: [ws] this script is for htmx 1.9 and 2, not 4.0.1"],
  ["htmx4", "2.0.4", "htmx: [hx-ws] this script is for htmx 4, not 2.0.4"],
] as const)(
  "%s on htmx %s says that it is for others, once, and does nothing",
  ([entry, version, sentence]) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {})
    const register = entry === "htmx2" ? htmx2.register : htmx4.register
    register({ version } as never)
    expect(error.mock.calls).toEqual([[sentence]])
    error.mockRestore()
  },
)
