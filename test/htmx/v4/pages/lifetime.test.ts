import { describe, expect, test } from "vitest"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const chat = (attributes = "") =>
  `<main id="chat" hx-ws:connect="/chat" ${attributes}><button id="send" name="a" value="1" hx-ws:send>x</button></main>`

/** Swaps as htmx does with the answer to a request. */
const swap = async (page: Page4, target: string, style: string, text: string): Promise<void> => {
  const done = page.htmx.swap({
    sourceElement: page.document.body,
    target,
    swap: style,
    text,
    transition: false,
  })
  await microtasks()
  page.clock.advance(5)
  await done
}

describe("an element that leaves", () => {
  test.for([
    ["by innerHTML", "#home", "innerHTML", "<p>bye</p>"],
    ["by outerHTML", "#chat", "outerHTML", "<p>bye</p>"],
    ["by delete", "#chat", "delete", ""],
    ["by a morph", "#home", "innerMorph", "<p>bye</p>"],
  ] as const)("%s has ws:close at once, and closes its socket", async ([, target, style, text]) => {
    using page = await openPage4({ body: `<div id="home">${chat()}</div>` })
    page.socket.open()
    page.take()
    const gone = page.$("#chat")
    await swap(page, target, style, text)
    expect(page.take()).toEqual(["close #chat"])
    expect(gone.isConnected).toBe(false)
    expect(page.socket.closeCalls).toHaveLength(1)
    page.socket.answerClose()
    expect(page.take()).toEqual([])
    expect(page.clock.pending).toBe(0)
  })

  test.for(["", "<b></b>"])(
    "loses its connection with its attribute when it is processed itself: %j",
    async (inside) => {
      using page = await openPage4({ body: `<p id="a" hx-ws:connect="/a">${inside}</p>` })
      page.socket.open()
      page.$("#a").removeAttribute("hx-ws:connect")
      page.htmx.process(page.$("#a"))
      expect([page.connectionOf("#a"), page.socket.closeCalls.length]).toEqual([undefined, 1])
    },
  )

  test("may end another one in ws:close, which is not connected again", async () => {
    using page = await openPage4({
      body: `<p id="a" hx-ws:connect="/a"></p><p id="b" hx-ws:connect="/b"></p>`,
    })
    for (const socket of page.sockets) socket.open()
    page.sockets[1]?.drop()
    const b = page.connectionOf("#b")
    page.$("#a").addEventListener("htmx:ws:close", () => b?.close())
    page.$("#a").removeAttribute("hx-ws:connect")
    page.htmx.process(page.document.body)
    expect([b?.state, page.connectionOf("#b")]).toEqual(["closed", undefined])
  })

  test("without htmx has ws:close on itself alone, and not on the document", async () => {
    using page = await openPage4({ body: chat() })
    page.socket.open()
    const heard: Array<string> = []
    page.on("close", () => heard.push("document"))
    const gone = page.$("#chat")
    gone.addEventListener("htmx:ws:close", () => heard.push("element"))
    gone.remove()
    await microtasks()
    expect(heard).toEqual(["element"])
    expect(page.last("close")).toMatchObject({ reason: "removed", code: null })
    expect(page.live).toEqual([])
  })

  test.for(["connecting", "waiting", "paused", "waited for"])(
    "while %s leaves nothing behind",
    async (state) => {
      using page = await openPage4({
        body: chat(),
        after: (_, page) =>
          page.on("before:connection", ({ detail }) => {
            if (state === "waited for") detail.waitUntil(new Promise(() => {}))
          }),
      })
      if (state === "waiting") page.socket.drop()
      if (state === "paused") {
        page.socket.open()
        page.visibility(true)
        page.socket.answerClose()
      }
      page.take()
      page.$("#chat").remove()
      await microtasks()
      expect(page.take()).toEqual(["close #chat"])
      expect(page.clock.pending).toBe(0)
      page.visibility(false)
      expect(page.live).toEqual([])
    },
  )

  test("in a listener of any event causes no fault", async () => {
    for (const name of [
      "before:connection",
      "after:connection",
      "before:message:incoming",
      "close",
      "reconnecting",
    ]) {
      using page = await openPage4({
        body: chat(),
        after: (_, page) => page.on(name, ({ target }) => (target as Element).remove()),
      })
      page.sockets[0]?.open()
      page.sockets[0]?.message("<p>x</p>")
      await microtasks()
      page.sockets[0]?.drop()
      await microtasks()
      page.clock.advance(100_000)
      await microtasks()
      expect([name, page.live, page.console]).toEqual([name, [], []])
      expect(page.clock.pending).toBe(0)
    }
  })

  test("by its own frame has no events after that", async () => {
    using page = await openPage4({ body: `<div id="home">${chat()}</div>` })
    page.socket.open()
    page.take()
    page.socket.message(`{"content": "<p>bye</p>", "target": "#home"}`)
    await microtasks()
    expect(page.take()).toEqual(["before:message:incoming #chat", "close #chat"])
  })

  test("and returns is connected again", async () => {
    using page = await openPage4({ body: chat() })
    const element = page.$("#chat")
    await swap(page, "#chat", "outerHTML", `<p id="place"></p>`)
    page.$("#place").replaceWith(element)
    page.htmx.process(element)
    expect(page.dials).toHaveLength(2)
    page.socket.open()
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
  })
})

describe("an element that stays", () => {
  test("keeps its socket however often it is processed", async () => {
    using page = await openPage4({ body: `<div id="home">${chat()}</div>` })
    for (const selector of ["#chat", "#home", "body", "#send"]) page.htmx.process(page.$(selector))
    expect(page.dials).toHaveLength(1)
    page.socket.open()
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
  })

  test.for([
    ["itself", `<div id="home">${chat(`hx-swap="beforeend"`)}</div>`, "innerMorph"],
    ["an element around it", `<div id="home" hx-target="this">${chat()}</div>`, "outerMorph"],
    ["a class of it", `<div id="home">${chat(`class="new"`)}</div>`, "innerMorph"],
  ] as const)("keeps its socket through a morph that changes %s", async ([, html, style]) => {
    using page = await openPage4({ body: `<section id="top"><div id="home">${chat()}</div></section>` })
    page.socket.open()
    const connection = page.connectionOf("#chat")
    page.take()
    await swap(page, style === "outerMorph" ? "#home" : "#top", style, html)
    expect(page.dials).toHaveLength(1)
    expect(page.connectionOf("#chat")).toBe(connection)
    expect(page.take()).toEqual([])
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
  })

  test("follows a changed URL with one other socket", async () => {
    using page = await openPage4({ body: `<section id="top">${chat()}</section>` })
    page.socket.open()
    page.take()
    await swap(page, "#top", "innerMorph", chat().replace("/chat", "/other"))
    expect(page.dials.map(([url]) => url)).toEqual(["ws://page.test:8080/chat", "ws://page.test:8080/other"])
    expect(page.live).toHaveLength(1)
    expect(page.take()).toEqual(["close #chat", "before:connection #chat"])
  })

  test("loses its connection with its attribute", async () => {
    using page = await openPage4({ body: chat() })
    page.$("#chat").removeAttribute("hx-ws:connect")
    page.htmx.process(page.document.body)
    expect(page.live).toEqual([])
    expect(page.connectionOf("#chat")).toBeUndefined()
  })

  test("processed by force has one connection, and sends once", async () => {
    using page = await openPage4({ body: chat() })
    page.socket.open()
    page.htmx.process(page.$("#chat"), true)
    expect(page.live).toHaveLength(1)
    page.socket.open()
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
  })

  test("through the back/forward cache is dialled again, whatever pauseOnBackground says", async () => {
    using page = await openPage4({ body: chat(`hx-config="ws.pauseOnBackground:false"`) })
    page.socket.open()
    page.window.dispatchEvent(new page.window.Event("pagehide"))
    page.socket.answerClose()
    page.$("#send").click()
    page.window.dispatchEvent(new page.window.Event("pageshow"))
    expect(page.dials).toHaveLength(2)
    page.socket.open()
    expect(page.json).toHaveLength(1)
  })
})

test("the events of a message whose element has left are dispatched at the connect element", async () => {
  using page = await openPage4({ body: chat() })
  page.socket.open()
  page.take()
  let settle = (): void => {}
  page.on("before:message:outgoing", ({ detail }) => {
    detail.waitUntil(
      new Promise<void>((resolve) => {
        settle = resolve
      }),
    )
  })
  page.$("#send").click()
  page.$("#send").click()
  page.$("#send").remove()
  settle()
  await microtasks()
  expect(page.take()).toEqual([
    "before:message:outgoing #send",
    "after:message:outgoing #chat",
    "before:message:outgoing #chat",
  ])
})
