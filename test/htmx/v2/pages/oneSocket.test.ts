import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks, type Options, type Window } from "../../kit/openPage.ts"

const list = `<ul id="list"></ul>`
const broadcast = `<ul id="list" hx-swap-oob="beforeend"><li>new</li></ul>`

const fixtures: ReadonlyArray<Pick<Options, "on" | "body"> & { readonly title: string }> = [
  {
    title: "a trigger on the connection",
    body: `<div id="c" ws-connect="/ws" hx-trigger="load">${list}</div>`,
  },
  {
    title: "the extension named twice",
    body: `<div id="c" hx-ext="ws" ws-connect="/ws">${list}</div>`,
  },
  {
    title: "a form that connects and sends",
    on: "",
    body: `<div hx-ext="ws"><form id="c" ws-connect="/ws" ws-send>${list}</form></div>`,
  },
  {
    title: "a connection deep inside other things of htmx",
    body: `<section hx-get="/x" hx-trigger="never"><form><div id="c" ws-connect="/ws" hx-trigger="load">${list}</div></form></section>`,
  },
  {
    title: "both spellings of the attribute",
    body: `<div id="c" ws-connect="/ws" data-ws-connect="/ws">${list}</div>`,
  },
  { title: "a button that submits", body: `<button id="c" type="submit" ws-connect="/ws">x</button>${list}` },
]

onBoth((open, htmx) => {
  describe("one element has one socket", () => {
    test.each(fixtures)("with $title", async ({ body, on }) => {
      using page = await open({ ...(body !== undefined && { body }), ...(on !== undefined && { on }) })
      page.socket.open()
      page.socket.message(broadcast)
      expect([page.sockets.length, page.$("#list").children.length]).toEqual([1, 1])
      page.$("#c").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
    })

    test("when it is the body itself", async () => {
      using page = await open({
        on: `hx-ext="ws" ws-connect="/ws" id="c"`,
        body: `<form id="f" ws-send></form>${list}`,
      })
      page.htmx.process(page.document.body)
      page.socket.open()
      page.socket.message(broadcast)
      page.submit("#f")
      expect([page.sockets.length, page.$("#list").children.length, page.socket.sent.length]).toEqual([
        1, 1, 1,
      ])
    })

    test("when it is processed again, and when an element around it is", async () => {
      using page = await open({ body: `<div id="around"><div id="c" ws-connect="/ws"></div></div>` })
      for (const selector of ["#c", "#around", "body"]) page.htmx.process(page.$(selector))
      expect(page.events).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
    })

    test("when its attributes change and it is processed again", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>` })
      page.socket.open()
      for (const name of ["a", "b", "c"]) {
        page.$("#c").className = name
        page.htmx.process(page.$("#c"))
      }
      page.submit("#f")
      expect([page.sockets.length, page.socket.closeCalls.length, page.socket.sent.length]).toEqual([1, 0, 1])
      expect(page.events).not.toContain("wsClose #c")
      expect(page.console).toEqual([])
    })

    test("when attributes of an element around it change", async () => {
      using page = await open({
        on: "",
        body: `<div id="e" hx-ext="ws"><div id="c" ws-connect="/ws">${list}</div></div>`,
      })
      page.socket.open()
      for (const name of ["a", "b"]) {
        page.$("#e").className = name
        page.htmx.process(page.$("#e"))
      }
      page.socket.message(broadcast)
      expect([page.sockets.length, page.$("#list").children.length]).toEqual([1, 1])
      expect(page.socket.isLive).toBe(true)
    })

    test("when the server morphs it three times", async () => {
      using page = await open({
        on: `hx-ext="ws,morph"`,
        scripts: ["/idiomorph.js"],
        body: `<div id="c" ws-connect="/ws">${list}</div>`,
      })
      page.socket.open()
      for (const name of ["k1", "k2", "k3"]) {
        page.socket.message(
          `<div id="c" ws-connect="/ws" class="${name}" hx-swap-oob="morph"><ul id="list"></ul></div>`,
        )
        expect(page.$("#c").className).toBe(name)
      }
      page.socket.message(broadcast)
      expect([page.sockets.length, page.$("#list").children.length]).toEqual([1, 1])
    })

    test("until its URL changes: then a new socket replaces the old one", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/one"></div>` })
      page.socket.open()
      page.forget()
      page.$("#c").setAttribute("ws-connect", "/two")
      page.htmx.process(page.$("#c"))
      expect(page.sockets.map(({ isLive, url }) => [new URL(url).pathname, isLive])).toEqual([
        ["/one", false],
        ["/two", true],
      ])
      page.socketAt(0).message(broadcast)
      page.socketAt(0).answerClose()
      expect(page.events.filter((event) => /Message|Close/.test(event)).length).toBeLessThanOrEqual(1)
    })

    test("until its attribute is removed: then it has none", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/one"></div>` })
      page.socket.open()
      page.$("#c").removeAttribute("ws-connect")
      page.htmx.process(page.$("#c"))
      expect(page.live).toHaveLength(0)
    })

    test("a replacement with the same id has its own", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      page.socket.open()
      page.socket.message(`<div id="c" ws-connect="/ws" class="new"></div>`)
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
    })
  })

  describe("handlers are attached once", () => {
    const sender = (trigger: string) =>
      `<div id="c" ws-connect="/ws"><section><button type="button" id="b" ws-send hx-trigger="${trigger}"></button></section></div>`

    test("to an element with hx-trigger, which htmx 2 processes twice", async () => {
      using page = await open({ body: sender("click") })
      page.socket.open()
      page.click("#b")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("when it is processed again, changed or not", async () => {
      using page = await open({ body: sender("click") })
      page.socket.open()
      page.htmx.process(page.document.body)
      page.click("#b")
      page.$("#b").className = "changed"
      page.htmx.process(page.$("#b"))
      page.click("#b")
      page.$("#c").className = "changed"
      page.htmx.process(page.document.body)
      page.click("#b")
      expect(page.socket.sent).toHaveLength(3)
    })

    test("to a form whose parent is processed, too", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws" hx-trigger="x"><form hx-ext="ws" id="f" ws-send hx-trigger="submit"></form></div>`,
      })
      page.socket.open()
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("a load trigger sends once", async () => {
      using page = await open({ body: sender("load") })
      page.socket.open()
      page.advance(100)
      page.htmx.process(page.document.body)
      page.advance(100)
      expect(page.socket.sent).toHaveLength(1)
    })

    test("a poll sends once each time", async () => {
      using page = await open({ body: sender("every 300ms") })
      page.socket.open()
      page.advance(1850)
      expect(page.socket.sent).toHaveLength(6)
    })

    test("a poll of an element that htmx initialises again sends once each time", async () => {
      using page = await open({ body: sender("every 300ms") })
      page.socket.open()
      page.$("#b").className = "changed"
      page.htmx.process(page.$("#b"))
      page.advance(1850)
      expect(page.socket.sent).toHaveLength(6)
    })

    test("changed triggers replace the old ones", async () => {
      using page = await open({ body: sender("click") })
      page.socket.open()
      page.$("#b").setAttribute("hx-trigger", "mouseover")
      page.htmx.process(page.$("#b"))
      page.click("#b")
      expect(page.socket.sent).toHaveLength(0)
      page.$("#b").dispatchEvent(new page.window.Event("mouseover"))
      expect(page.socket.sent).toHaveLength(1)
    })

    test("to a ws-send in content of an ordinary swap", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><p id="out"></p></div>` })
      page.socket.open()
      page.socket.message(
        `<p id="out"><button type="button" id="b" ws-send hx-trigger="click">x</button></p>`,
      )
      page.click("#b")
      expect(page.socket.sent).toHaveLength(1)
    })
  })

  describe("the connection in the internal data", () => {
    interface Internal {
      readonly webSocket?: {
        readonly socket: unknown
        send(message: string, from?: Element): void
        sendImmediately(message: string, from?: Element): void
        init(): void
        close(): void
      }
    }
    const internal = (element: Element) =>
      (element as unknown as { "htmx-internal-data": Internal })["htmx-internal-data"].webSocket

    test("has the socket, and functions that send, close and dial again", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      const data = internal(page.$("#c"))
      expect(data?.socket).toBe(page.socket)
      page.socket.open()
      data?.send("one")
      data?.sendImmediately("two", page.$("#c"))
      expect(page.socket.sent).toEqual(["one", "two"])
      data?.init()
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
      expect(data?.socket).toBe(page.socket)
      page.socket.open()
      data?.close()
      // 1.9 may be about to announce an element that it did not know: then it is no close.
      await microtasks()
      expect(page.socket.isLive).toBe(false)
      page.socket.answerClose()
      page.advance(100_000)
      expect(page.sockets).toHaveLength(2)
    })

    test("exists as long as the element has a connection", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      const element = page.$("#c")
      page.socket.open()
      element.className = "changed"
      page.htmx.process(element)
      expect(internal(element)).toBeDefined()
      page.socket.drop()
      expect(internal(element)).toBeDefined()
      element.remove()
      await microtasks()
      expect(internal(element)).toBeUndefined()
    })

    test(`closes for good with close(), although htmx ${htmx} may call that itself`, async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      const element = page.$("#c")
      page.socket.open()
      element.className = "changed"
      page.htmx.process(element)
      internal(element)?.close()
      expect(page.socket.isLive).toBe(false)
      page.socket.answerClose()
      page.advance(100_000)
      expect([page.sockets.length, page.wrapper().state]).toEqual([1, "closed"])
    })

    test("does not prevent htmx from cleaning up", async () => {
      using page = await open({
        body: `<div id="out"><div id="c" ws-connect="/ws"></div></div><div id="d" ws-connect="/two"></div>`,
      })
      for (const socket of page.sockets) socket.open()
      page.socket.message(`<div id="out">empty</div>`)
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
      expect(page.console).toEqual([])
    })
  })

  test("two elements that are given one socket share it, and it is closed when the last has left", async () => {
    using page = await open({
      before: ({ WebSocket, htmx }) => {
        let shared: WebSocket | undefined
        htmx.createWebSocket = (url) => {
          shared ??= new WebSocket(url)
          return shared
        }
      },
      body: `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div><div id="d" ws-connect="/ws"><form id="g" ws-send></form></div>${list}`,
    })
    page.submit("#f")
    page.socket.open()
    page.submit("#g")
    expect(page.events.filter((event) => /Open|AfterSend/.test(event))).toEqual([
      "wsOpen #c",
      "wsAfterSend #f",
      "wsOpen #d",
      "wsAfterSend #g",
    ])
    expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 2])
    page.$("#c").remove()
    await microtasks()
    expect(page.socket.isLive).toBe(true)
    page.forget()
    page.socket.message(broadcast)
    page.submit("#g")
    expect(page.events).toEqual([
      "wsBeforeMessage #d",
      "wsAfterMessage #d",
      "wsConfigSend #g",
      "wsBeforeSend #g",
      "wsAfterSend #g",
    ])
    page.$("#d").remove()
    await microtasks()
    expect(page.socket.isLive).toBe(false)
  })

  describe("elements that share a socket by a memo of the page", () => {
    const memo = (window: Window): void => {
      let last: WebSocket | undefined
      window.htmx.createWebSocket = (url) => {
        if (last === undefined || last.readyState > 1) last = new window.WebSocket(url)
        return last
      }
    }
    const two = `<div id="c" ws-connect="/ws"></div><div id="d" ws-connect="/ws"></div>`

    test("share the next one, too, also if it is open already", async () => {
      using page = await open({ before: memo, body: two })
      let retries = 0
      page.window.Math.random = () => (retries++ === 0 ? 0.1 : 0.9)
      page.socket.open().drop()
      page.advance(200)
      page.socket.open()
      expect(page.events.filter((event) => event.startsWith("wsOpen"))).toEqual([
        "wsOpen #c",
        "wsOpen #d",
        "wsOpen #c",
      ])
      page.advance(1000)
      expect([page.events.at(-1), page.sockets.length]).toEqual(["wsOpen #d", 2])
    })

    test("have separate events: if one closes it, the other keeps it", async () => {
      using page = await open({ before: memo, body: two })
      page.socket.open()
      const of = (id: string) => page.all("wsOpen").find(({ on }) => on.id === id)?.detail.socketWrapper
      of("c")?.close()
      expect([page.socket.isLive, of("c")?.state, of("d")?.state]).toEqual([true, "closed", "open"])
      page.forget()
      page.socket.message(broadcast)
      expect(page.events).toEqual(["wsBeforeMessage #d", "wsAfterMessage #d"])
    })
  })
})
