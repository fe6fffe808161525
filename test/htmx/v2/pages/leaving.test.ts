import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks, type Page } from "../../kit/openPage.ts"

const ways: ReadonlyArray<{ readonly title: string; readonly leave: (page: Page) => void }> = [
  { title: "remove()", leave: (page) => page.$("#c").remove() },
  {
    title: "removeChild() of what is around it",
    leave: (page) => void page.document.body.removeChild(page.$("#around")),
  },
  {
    title: "innerHTML",
    leave: (page) => {
      page.$("#around").innerHTML = ""
    },
  },
  { title: "replaceWith()", leave: (page) => page.$("#c").replaceWith("gone") },
  { title: "replaceChildren() of the body", leave: (page) => page.document.body.replaceChildren() },
  { title: "htmx.remove()", leave: (page) => page.htmx.remove(page.$("#c")) },
  {
    title: "moving into a fragment",
    leave: (page) => page.document.createDocumentFragment().append(page.$("#c")),
  },
  {
    title: "moving into another document",
    leave: (page) => page.document.implementation.createHTMLDocument().body.append(page.$("#c")),
  },
]

const states: ReadonlyArray<{
  readonly title: string
  readonly head?: string
  readonly reach: (page: Page) => void | Promise<void>
}> = [
  { title: "connecting", reach: () => {} },
  { title: "open", reach: (page) => void page.socket.open() },
  { title: "waiting to dial again", reach: (page) => page.socket.open().drop() },
  { title: "waiting after a refused handshake", reach: (page) => page.socket.drop() },
  {
    title: "waiting for a listener of wsConfigConnect",
    reach: (page) => {
      page.on("wsConfigConnect", ({ detail }) =>
        (detail.waitUntil as (promise: unknown) => void)(new Promise(() => {})),
      )
      page.wrapper().reconnect()
    },
  },
  {
    title: "paused",
    head: `<meta name="htmx-config" content='{"ws": {"pauseOnBackground": true}}'>`,
    reach: (page) => {
      page.socket.open()
      page.visibility(true)
    },
  },
  {
    title: "paused while connecting",
    head: `<meta name="htmx-config" content='{"ws": {"pauseOnBackground": true}}'>`,
    reach: (page) => page.visibility(true),
  },
  {
    title: "closing",
    reach: (page) => {
      page.socket.open()
      page.wrapper().close()
    },
  },
]

const body = `<div id="around"><div id="c" ws-connect="/ws"><form id="f" ws-send></form></div></div>`

onBoth((open) => {
  describe("an element that leaves the document closes its socket", () => {
    test.each(ways)("by $title", async ({ leave }) => {
      using page = await open({ body })
      const idle = page.clock.pending
      page.socket.open()
      page.forget()
      leave(page)
      await microtasks()
      expect(page.live).toHaveLength(0)
      expect(page.events).toEqual(["wsClose #c"])
      page.socket.message(`<p id="x">late</p>`)
      page.socket.answerClose()
      page.advance(100_000)
      expect(page.events).toEqual(["wsClose #c"])
      expect([page.sockets.length, page.clock.pending <= idle, page.console]).toEqual([1, true, []])
    })

    test.each(states)("when it is $title, with its timers and its queue", async ({ head, reach }) => {
      using page = await open({ body, ...(head !== undefined && { head }) })
      const before = page.clock.pending
      await reach(page)
      const wrapper = page.wrapper()
      // A second message, so that one is waiting in every state.
      if (wrapper.state !== "open") wrapper.send("waiting", page.$("#f"))
      const waiting = wrapper.queue.length
      page.forget()
      page.$("#c").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
      expect(page.events).toEqual([...Array.from({ length: waiting }, () => "wsDropped body"), "wsClose #c"])
      if (waiting > 0) expect(page.last("wsDropped")).toMatchObject({ message: "waiting", reason: "closed" })
      for (const socket of page.sockets) {
        if (socket.readyState === 2) socket.drop()
      }
      page.visibility(false)
      page.advance(100_000)
      wrapper.reconnect()
      wrapper.close()
      expect(page.events.at(-1)).toBe("wsClose #c")
      expect([page.live.length, wrapper.queue.length, page.clock.pending <= before]).toEqual([0, 0, true])
    })

    test("with a wsClose at once, which says that the element was removed", async () => {
      using page = await open({ body })
      page.socket.open()
      const element = page.$("#c")
      const heard: Array<unknown> = []
      element.addEventListener("htmx:wsClose", (event) => heard.push((event as CustomEvent).detail.event))
      element.remove()
      await microtasks()
      expect(heard).toMatchObject([{ type: "close", reason: "removed", wasClean: true }])
    })

    test("when a swap of htmx removes it, while it is still on the page", async () => {
      using page = await open({ body: `${body}<div id="d" ws-connect="/two"></div>` })
      for (const socket of page.sockets) socket.open()
      page.forget()
      page.socketAt(1).message(`<div id="around">gone</div>`)
      expect(page.events).toEqual(["wsBeforeMessage #d", "wsClose #c", "wsAfterMessage #d"])
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
      expect(page.console).toEqual([])
    })

    test("when its own frame removes it: nothing follows but wsClose", async () => {
      using page = await open({ body })
      page.socket.open()
      page.forget()
      page.socket.message(`<div id="around">gone</div>`)
      await microtasks()
      expect(page.events).toEqual(["wsBeforeMessage #c", "wsClose #c"])
      expect(page.live).toHaveLength(0)
    })

    test("when it leaves and a frame arrives in the same turn", async () => {
      using page = await open({ body })
      page.socket.open()
      page.forget()
      page.$("#c").remove()
      page.socket.message(`<p id="x"></p>`)
      expect(page.events).toEqual(["wsClose #c"])
      expect(page.live).toHaveLength(0)
    })

    test("when the last of several has left", async () => {
      using page = await open({ body: `<i id="a" ws-connect="/a"></i><i id="b" ws-connect="/b"></i>` })
      page.$("#a").remove()
      await microtasks()
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
      page.$("#b").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
    })

    test.each<readonly [string, (page: Page) => void]>([
      ["itself", (page) => page.$("#new").append(page.$("#c"))],
      ["with what is around it", (page) => page.$("#new").append(page.$("#around"))],
      [
        "out of what is around it, which has left",
        (page) => {
          const around = page.$("#around")
          around.remove()
          page.$("#new").append(...around.children)
        },
      ],
      [
        "by and by",
        (page) => {
          const between = page.document.createElement("div")
          between.append(page.$("#around"))
          page.$("#new").append(between)
        },
      ],
      [
        "into a shadow tree",
        (page) => page.$("#new").attachShadow({ mode: "open" }).append(page.$("#around")),
      ],
    ])("when it was moved before, %s, and then an element around it leaves", async (_, move) => {
      for (const later of [microtasks, () => {}]) {
        using page = await open({ body: `${body}<section><p id="new"></p></section>` })
        page.socket.open()
        move(page)
        await later()
        expect(page.live).toHaveLength(1)
        page.$("#new").remove()
        await microtasks()
        expect([page.live.length, page.events.at(-1)]).toEqual([0, "wsClose #c"])
      }
    })

    test("when it was added after all others had left", async () => {
      using page = await open({ body })
      page.$("#c").remove()
      await microtasks()
      page.add(`<div id="c" ws-connect="/ws"></div>`)
      expect(page.live).toHaveLength(1)
      page.$("#c").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
    })

    test("and an element that returns has one socket, also when it is processed", async () => {
      using page = await open({ body })
      const element = page.$("#c")
      element.remove()
      await microtasks()
      page.document.body.append(element)
      await microtasks()
      expect(page.live).toHaveLength(1)
      page.htmx.process(element)
      expect(page.live).toHaveLength(1)
    })
  })

  describe("an element that stays in the document keeps its socket", () => {
    test("when it is moved", async () => {
      using page = await open({ body })
      page.socket.open()
      page.document.body.prepend(page.$("#c"))
      await microtasks()
      page.submit("#f")
      expect([page.sockets.length, page.socket.sent.length, page.socket.isLive]).toEqual([1, 1, true])
    })

    test("when it is removed and inserted again in the same turn", async () => {
      using page = await open({ body })
      page.socket.open()
      const element = page.$("#c")
      element.remove()
      page.$("#around").append(element)
      await microtasks()
      expect([page.sockets.length, page.socket.isLive]).toEqual([1, true])
    })

    test("when htmx preserves it", async () => {
      using page = await open({ body })
      page.$("#c").setAttribute("hx-preserve", "")
      page.socket.open()
      page.swap(
        "#around",
        `<div id="around" class="new"><div id="c" hx-preserve ws-connect="/ws"></div></div>`,
      )
      await microtasks()
      page.submit("#f")
      expect(page.$("#around").className).toBe("new")
      expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 1])
    })

    test("when others leave", async () => {
      using page = await open({ body: `${body}<i id="other"></i>` })
      page.$("#other").remove()
      page.$("#f").remove()
      await microtasks()
      expect(page.live).toHaveLength(1)
    })
  })

  describe("a message is sent although its sender has left", () => {
    test.each<readonly [string, (page: Page) => void]>([
      ["by remove()", (page) => page.$("#f").remove()],
      ["by htmx.remove()", (page) => page.htmx.remove(page.$("#f"))],
      ["with what is around it", (page) => page.$("#row").remove()],
      ["for another of the same id", (page) => page.swap("#f", `<form id="f" ws-send></form>`)],
      [
        "into another document",
        (page) => page.document.implementation.createHTMLDocument().body.append(page.$("#f")),
      ],
    ])("%s, and its events go to the connect element", async (_, leave) => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><p id="row"><form id="f" ws-send><input name="n" value="1"></form></p></div>`,
      })
      page.$("#row").append(page.$("#f"))
      page.submit("#f")
      page.submit("#f")
      leave(page)
      await microtasks()
      page.forget()
      page.socket.open()
      expect(page.json).toMatchObject([{ n: "1" }, { n: "1" }])
      const sent = ["wsBeforeSend #c", "wsAfterSend #c"]
      expect(page.events).toEqual(["wsOpen #c", ...sent, ...sent])
      expect(page.last("wsAfterSend")).toMatchObject({ elt: page.$("#c"), message: page.socket.sent[1] })
    })

    test("after the first of its messages", async () => {
      using page = await open({ body })
      for (let times = 0; times < 3; times++) page.submit("#f")
      page.on("wsAfterSend", () => page.document.querySelector("#f")?.remove())
      page.socket.open()
      expect([page.socket.sent.length, page.all("wsAfterSend").map(({ on }) => on.id)]).toEqual([
        3,
        ["f", "c", "c"],
      ])
    })

    test("but not if the connect element has left too", async () => {
      using page = await open({ body })
      page.submit("#f")
      page.$("#c").remove()
      page.socket.open()
      expect([page.socket.sent, page.all("wsDropped").map(({ on }) => on.tagName)]).toEqual([[], ["BODY"]])
    })
  })

  describe("the connection of a ws-send is looked up when it sends", () => {
    test("so that a form that has moved sends to its new connection", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/one"><form id="f" ws-send></form></div><div id="d" ws-connect="/two"></div>`,
      })
      for (const socket of page.sockets) socket.open()
      page.$("#d").append(page.$("#f"))
      page.submit("#f")
      expect(page.sockets.map(({ sent }) => sent.length)).toEqual([0, 1])
    })

    test("so that a form that is older than the connection sends to it", async () => {
      using page = await open({ body: `<div id="c"><form id="f" ws-send></form></div>` })
      page.$("#c").setAttribute("ws-connect", "/late")
      page.htmx.process(page.$("#c"))
      page.socket.open()
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("so that a form that htmx preserves sends to the connection that is around it now", async () => {
      using page = await open({
        body: `<div id="page"><div ws-connect="/one" id="c"><form id="f" hx-preserve ws-send></form></div></div>`,
      })
      page.socket.open()
      page.swap(
        "#page",
        `<div id="page"><div ws-connect="/two" id="d"><form id="f" hx-preserve ws-send></form></div></div>`,
      )
      page.socket.open()
      page.submit("#f")
      expect(page.sockets.map(({ sent }) => sent.length)).toEqual([0, 1])
    })
  })

  test("a message that a listener of wsBeforeSend has left with the connect element is reported at the body", async () => {
    using page = await open({ body })
    page.socket.open()
    page.forget()
    page.document.addEventListener("htmx:wsBeforeSend", () => page.$("#c").remove(), { once: true })
    page.wrapper().send("last words", page.$("#f"))
    expect(page.events).toContain("wsAfterSend body")
    await microtasks()
  })
})
