/** What is still received and sent, and which events there are, when a connection ends on htmx 4. */
import { describe, expect, test } from "vitest"
import { chat, sender } from "../../kit/chat4.ts"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const open = async (attributes = "", inside = sender): Promise<Page4> => {
  const page = await openPage4({
    body: `${chat(`hx-target="#out" hx-swap="beforeend" ${attributes}`, inside)}<p id="out"></p>`,
  })
  page.socket.open()
  page.take()
  return page
}

/** Has all happen that takes time on the page. */
const settle = async (page: Page4): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) {
    await microtasks()
    page.clock.advance(10)
  }
  await microtasks()
}

const frames = (page: Page4, count: number): void => {
  for (let frame = 0; frame < count; frame++)
    page.socket.message(JSON.stringify({ content: `<i>${frame}</i>`, swap: "beforeend swap:5ms" }))
}

describe("frames that were received before the end", () => {
  test.for([
    ["is closed with 1000", (page: Page4) => page.socket.end(1000), ""],
    ["is closed with 4001", (page: Page4) => page.socket.end(4001), ""],
    ["is not retried", (page: Page4) => page.socket.drop(), "reconnect:false"],
    ["has no retry left", (page: Page4) => page.socket.drop(), "reconnectMaxAttempts:0"],
    ["is closed by the page", (page: Page4) => page.connectionOf("#chat")?.close(), ""],
    ["is processed by force", (page: Page4) => page.htmx.process(page.$("#chat"), true), ""],
    ["is retried", (page: Page4) => page.socket.drop(), ""],
  ] as const)("are applied before the connection %s", async ([, end, setting]) => {
    using page = await open(setting && `hx-config="ws.${setting}"`)
    frames(page, 10)
    end(page)
    if (page.socket.closeCalls.length > 0) page.socket.answerClose()
    await settle(page)
    expect(page.$("#out").textContent).toBe("0123456789")
    expect(page.all("after:message:incoming")).toHaveLength(10)
    expect([page.all("close").length, page.all("error").length]).toEqual([1, 0])
  })

  test("are applied before the dial that a listener refuses", async () => {
    using page = await open()
    page.on("before:connection", (event) => event.preventDefault())
    frames(page, 3)
    page.socket.drop()
    await settle(page)
    page.clock.advance(1_000)
    expect([page.$("#out").textContent, page.all("close").length]).toEqual(["012", 2])
  })

  test("are applied before ws:close, which is dispatched in the turn of the close if no swap takes time", async () => {
    using page = await open()
    page.socket.message(`{"content": "x", "swap": "beforeend swap:5ms"}`)
    page.socket.end(1000)
    expect(page.all("close")).toEqual([])
    await settle(page)
    expect(page.names).toEqual(["before:message:incoming", "after:message:incoming", "close"])
    page.htmx.process(page.$("#chat"), true)
    page.socket.open()
    page.take()
    page.socket.end(1000)
    expect(page.names).toEqual(["close"])
  })

  test("are lost with the element", async () => {
    using page = await open()
    frames(page, 3)
    page.$("#chat").remove()
    await settle(page)
    expect(page.$("#out").textContent).not.toContain("1")
    expect(page.names.slice(-1)).toEqual(["close"])
    expect(page.clock.pending).toBe(0)
  })
})

describe("a message that waits when the connection is over", () => {
  test.for(["waitUntil", "hx-vals", "the queue"])(
    "for %s is an error on its sender, and is dropped with its event",
    async (what) => {
      const vals = what === "hx-vals" ? `hx-vals="js:n: new Promise(() => {})"` : ""
      using page = await openPage4({ body: chat("", `<button id="send" hx-ws:send ${vals}>x</button>`) })
      if (what !== "the queue") page.socket.open()
      if (what === "waitUntil")
        page.on("before:message:outgoing", ({ detail }) => detail.waitUntil(new Promise(() => {})))
      page.$("#send").click()
      page.take()
      page.socket.end(4000)
      expect(page.take()).toEqual(["close #chat", "error #send", "message:dropped #send"])
      page.htmx.process(page.$("#chat"), true)
      expect(page.live).toHaveLength(1)
    },
  )

  test("is dropped without an error when its connect element leaves", async () => {
    using page = await openPage4({ body: chat() })
    page.$("#send").click()
    page.take()
    page.$("#chat").remove()
    await microtasks()
    expect(page.names).toEqual(["message:dropped", "close"])
  })

  test("is an error if it is too old", async () => {
    using page = await openPage4({ body: chat(`hx-config="ws.queueTtl:1s"`) })
    page.$("#send").click()
    page.take()
    page.clock.advance(1_000)
    expect(page.take()).toEqual(["error #send", "message:dropped #send"])
  })

  test("may be sent again by a listener, once", async () => {
    using page = await openPage4({ body: chat() })
    const connection = page.connectionOf("#chat")
    page.on("message:dropped", ({ detail }) => void connection?.send({ data: String(detail.message.data) }))
    void connection?.send({ data: "one" })
    page.$("#chat").remove()
    await microtasks()
    expect(page.live).toEqual([])
    expect(page.console.filter((line) => !line.includes("Connection closed"))).toEqual([])
  })
})

test("a connection that has failed is shown so until it is begun anew", async () => {
  using page = await openPage4({
    body: chat(`hx-config="ws.reconnectMaxAttempts:0"`, `<i id="status" hx-ws:status></i>`),
  })
  const connection = page.connectionOf("#chat")
  const status = page.$("#status")
  const shown = async () => {
    await microtasks()
    return status.getAttribute("data-ws-state")
  }
  page.socket.drop()
  expect(await shown()).toBe("failed")
  page.htmx.process(page.document.body)
  expect(await shown()).toBe("failed")
  connection?.reconnect()
  expect(await shown()).toBe("connecting")
  page.socket.open()
  page.socket.end(1000)
  expect(await shown()).toBe("closed")
})

describe("the last message", () => {
  const goodbyes: ReadonlyArray<readonly [string, (page: Page4) => void]> = [
    ["is swapped away", (page) => void page.htmx.swap({ target: "#chat", swap: "delete", text: "" })],
    ["is processed by force", (page) => page.htmx.process(page.$("#chat"), true)],
    ["is removed by a script", (page) => page.$("#chat").remove()],
    [
      "loses its attribute",
      (page) => {
        page.$("#chat").removeAttribute("hx-ws:connect")
        page.htmx.process(page.$("#chat"))
      },
    ],
  ]

  test.for(goodbyes)("of an element that %s can be sent in ws:close", async ([, leave]) => {
    using page = await open()
    const element = page.$("#chat")
    const connection = page.connectionOf("#chat")
    const seen: Array<unknown> = []
    element.addEventListener("htmx:ws:close", (event) => {
      const { detail } = event as CustomEvent
      const { _htmx } = element as unknown as { _htmx: { ws: { connection: unknown } } }
      seen.push(detail.reason, detail.code, detail.connection.socket.readyState)
      seen.push(_htmx.ws.connection === connection)
      detail.connection.socket.send("bye")
    })
    const { socket } = page
    leave(page)
    await microtasks()
    expect(seen).toEqual(["removed", null, 1, true])
    expect([socket.sent, socket.closeCalls.length]).toEqual([["bye"], 1])
    expect((element as unknown as { _htmx?: { ws?: object } })._htmx?.ws).not.toBe(connection)
  })

  test("of a listener that removes the element again is one", async () => {
    using page = await open()
    const element = page.$("#chat")
    let closes = 0
    element.addEventListener("htmx:ws:close", () => {
      closes++
      element.remove()
      page.htmx.process(page.document.body, true)
    })
    page.htmx.process(element, true)
    await microtasks()
    expect([closes, page.live]).toEqual([1, []])
  })

  test("ws:close is not dispatched for a connection that is over", async () => {
    using page = await open()
    page.socket.end(1000)
    page.take()
    page.$("#chat").remove()
    await microtasks()
    expect(page.take()).toEqual([])
  })
})
