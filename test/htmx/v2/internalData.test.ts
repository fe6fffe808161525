/** What public code finds in `internalData.webSocket`, and replaces in what it is given. */
import { describe, expect, test } from "vitest"
import { onBoth } from "../kit/onBoth.ts"
import type { Page } from "../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

interface Internal {
  readonly socket: { readonly readyState: number; readonly OPEN: number } | null
  messageQueue: Array<unknown>
  retryCount: number
  handleQueuedMessages(): void
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
}

const internal = (page: Page): Internal =>
  (page.$("#c") as unknown as { "htmx-internal-data": { webSocket: Internal } })["htmx-internal-data"]
    .webSocket

onBoth((open) => {
  describe("internalData.webSocket", () => {
    test("shows the closed socket until the next is made, so that a listener can cancel messages meanwhile", async () => {
      using page = await open({ body })
      page.document.addEventListener("htmx:wsConfigSend", (event) => {
        const { socket } = internal(page)
        if (socket?.readyState !== socket?.OPEN) event.preventDefault()
      })
      const states: Array<number | undefined> = []
      page.on("wsClose", () => states.push(internal(page).socket?.readyState))
      page.socket.open().drop()
      page.submit("#f")
      page.wrapper().reconnect()
      page.socket.open()
      expect([states, page.socketAt(0).sent, page.socket.sent]).toEqual([[3], [], []])
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("attaches listeners to the socket and to each that follows", async () => {
      using page = await open({ body })
      const heard: Array<unknown> = []
      internal(page).addEventListener("message", ({ data }) => heard.push(data))
      page.socket.open().message("one")
      page.socket.drop()
      page.wrapper().reconnect()
      page.socket.open().message("two")
      expect(heard).toEqual(["one", "two"])
    })

    test("counts the retries that have been dialled since the last open", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.5
      const counts = [internal(page).retryCount]
      const count = () => counts.push(internal(page).retryCount)
      page.socket.drop()
      count()
      page.advance(Number(page.last("wsReconnecting").delay))
      count()
      page.socket.open()
      count()
      expect(counts).toEqual([0, 0, 1, 0])
    })

    test("restarts the backoff if retryCount is set to 0, and empties the queue if messageQueue is replaced", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.5
      for (let drops = 0; drops < 3; drops++) {
        page.socket.drop()
        page.advance(Number(page.last("wsReconnecting").delay))
      }
      const before = Number(page.last("wsReconnecting").delay)
      internal(page).retryCount = 0
      page.socket.drop()
      expect([before, page.last("wsReconnecting").delay]).toEqual([2000, 500])
      page.wrapper().send("waits")
      internal(page).messageQueue = []
      expect(page.wrapper().queue).toHaveLength(0)
    })

    test("sends messages pushed into messageQueue when handleQueuedMessages is called", async () => {
      using page = await open({ body })
      page.socket.open()
      internal(page).messageQueue.push({ message: "pushed" })
      internal(page).handleQueuedMessages()
      expect([page.socket.sent, internal(page).messageQueue.length]).toEqual([["pushed"], 0])
    })
  })

  test("a page that replaces socketWrapper.send changes it for programs, and not for ws-send", async () => {
    using page = await open({ body })
    page.socket.open()
    const programs: Array<unknown> = []
    page.wrapper().send = (message) => void programs.push(message)
    page.submit("#f")
    page.wrapper().send("mine")
    expect([page.socket.sent.length, programs]).toEqual([1, ["mine"]])
  })

  test.each<[title: string, replacement: (page: Page) => unknown]>([
    ["a primitive", () => "mine"],
    ["the wrapper itself", (page) => page.wrapper()],
    ["an object that inherits from the wrapper", (page) => Object.create(page.wrapper())],
  ])("an error is dispatched if a page has replaced the inner object by %s", async (_, replacement) => {
    using page = await open({ body })
    const data = page.$("#c") as unknown as { "htmx-internal-data": { webSocket: unknown } }
    data["htmx-internal-data"].webSocket = replacement(page)
    page.socket.fail()
    page.wrapper().send({} as never)
    expect(page.all("wsError")).toHaveLength(2)
    expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    page.wrapper().reconnect()
    page.socket.open()
    page.wrapper().send("goes on")
    expect(page.socket.sent).toEqual(["goes on"])
  })
})
