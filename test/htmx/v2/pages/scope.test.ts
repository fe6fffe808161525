import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks } from "../../kit/openPage.ts"

const inner = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

onBoth((open, htmx) => {
  describe("if the extension is off, nothing connects and nothing sends", () => {
    test("outside of hx-ext", async () => {
      using page = await open({ on: "", body: inner })
      expect([page.sockets.length, page.events]).toEqual([0, []])
    })

    test.each([
      `<div hx-ext="ignore:ws">${inner}</div>`,
      `<section hx-ext="ignore:ws"><b>${inner}</b></section>`,
    ])("inside ignore:ws: %s", async (body) => {
      using page = await open({ body })
      expect([page.sockets.length, page.events]).toEqual([0, []])
    })

    test.each(["hx-disable", "data-hx-disable"])("inside %s", async (attribute) => {
      using page = await open({ body: `<div ${attribute}>${inner}</div>` })
      page.htmx.process(page.$("#c"))
      page.htmx.process(page.document.body)
      expect([page.sockets.length, page.events]).toEqual([0, []])
    })

    test("for a ws-send inside ignore:ws, although a connection is around it", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><div hx-ext="ignore:ws"><button type="button" id="b" ws-send hx-trigger="click"></button></div><i id="out"></i></div>`,
      })
      page.socket.open()
      page.click("#b")
      expect(page.socket.sent).toEqual([])
    })

    test("for a ws-send that is disabled later", async () => {
      using page = await open({ body: inner })
      page.socket.open()
      page.$("#f").setAttribute("hx-disable", "")
      page.submit("#f")
      expect(page.socket.sent).toEqual([])
    })
  })

  describe("if the extension is on", () => {
    test("by the hx-ext of an ancestor, or its own, or data-hx-ext, elements connect", async () => {
      using page = await open({
        on: "",
        body: `<div hx-ext="ws"><i ws-connect="/1"></i></div><i hx-ext="ws" ws-connect="/2"></i><div data-hx-ext="other, ws"><b><i ws-connect="/3"></i></b></div>`,
      })
      expect(page.sockets.map(({ url }) => new URL(url).pathname)).toEqual(["/1", "/2", "/3"])
    })

    test("a send goes to the nearest connection", async () => {
      using page = await open({
        body: `<div ws-connect="/outer"><form id="f" ws-send></form><div ws-connect="/inner"><form id="g" ws-send></form></div></div>`,
      })
      for (const socket of page.sockets) socket.open()
      page.submit("#g")
      page.submit("#f")
      page.submit("#g")
      const counts = Object.fromEntries(
        page.sockets.map(({ sent, url }) => [new URL(url).pathname, sent.length]),
      )
      expect(counts).toEqual({ "/outer": 1, "/inner": 2 })
    })

    test("a form outside of a connection that has a field inside sends to its own connection", async () => {
      using page = await open({
        body: `<div ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div><input form="f" name="b" value="2">`,
      })
      page.socket.open()
      page.submit("#f")
      expect(page.json).toMatchObject([{ a: "1", b: "2" }])
    })

    test("an element with ws-send and hx-post does both", async () => {
      using page = await open({
        body: `<div ws-connect="/ws"><button type="button" id="b" ws-send name="n" value="v"></button></div>`,
      })
      page.socket.open()
      page.click("#b")
      expect(page.json).toMatchObject([{ n: "v" }])
    })
  })

  if (htmx === "2") {
    describe("in a shadow tree", () => {
      const shadowed = async (inside: string, body: string) => {
        const page = await open({ body })
        const root = page.$("#host").attachShadow({ mode: "open" })
        root.innerHTML = `<div hx-ext="ws">${inside}</div>`
        page.htmx.process(root.children[0] as Element)
        return { page, root }
      }

      test("a ws-send sends to the connection around its host", async () => {
        const { page, root } = await shadowed(
          `<button type="button" id="b" ws-send name="n" value="v">x</button>`,
          `<div id="c" ws-connect="/ws"><div id="host"></div></div>`,
        )
        using _ = page
        page.socket.open()
        root.querySelector<HTMLElement>("#b")?.click()
        expect(page.json).toMatchObject([{ n: "v" }])
      })

      test("a connection closes when its element leaves, and when the host does", async () => {
        const { page, root } = await shadowed(
          `<i id="one" ws-connect="/1"></i><i id="two" ws-connect="/2"></i>`,
          `<div id="host"></div>`,
        )
        using _ = page
        expect(page.live).toHaveLength(2)
        root.querySelector("#one")?.remove()
        await microtasks()
        expect(page.live).toHaveLength(1)
        page.$("#host").remove()
        await microtasks()
        expect(page.live).toHaveLength(0)
      })
    })
  }

  if (htmx === "1.9") {
    describe("htmx 1.9's own hx-ws", () => {
      test("is left alone: it has one socket, and sends once", async () => {
        using page = await open({
          body: `<div id="c" hx-ws="connect:ws://page.test:8080/own"><form id="f" hx-ws="send"><input name="a" value="1"></form><p id="out"></p></div>`,
        })
        expect([page.sockets.length, page.events]).toEqual([1, []])
        page.socket.open()
        page.submit("#f")
        expect(page.socket.sent).toHaveLength(1)
      })

      test("works beside ours", async () => {
        using page = await open({
          body: `<div hx-ws="connect:ws://page.test:8080/own"></div><div id="c" ws-connect="/ours"></div>`,
        })
        expect(page.sockets.map(({ url }) => new URL(url).pathname).toSorted()).toEqual(["/ours", "/own"])
      })
    })
  }

  if (htmx === "2") {
    test.each(["hx-ws", "data-hx-ws"])(
      "the older %s connects and sends, also on one element",
      async (attribute) => {
        using page = await open({
          body: `<form id="f" ${attribute}="connect:/ws send"><input name="a" value="1"></form>`,
        })
        page.socket.open()
        page.submit("#f")
        expect([page.sockets.length, page.json]).toMatchObject([1, [{ a: "1" }]])
      },
    )
  }

  test("two pages do not affect each other", async () => {
    using one = await open({ body: inner })
    using two = await open({ body: inner })
    one.socket.open()
    one.submit("#f")
    one.$("#c").remove()
    await microtasks()
    expect([one.live.length, two.live.length, two.events.length]).toEqual([0, 1, 2])
    two.socket.open()
    two.submit("#f")
    expect([one.socket.sent.length, two.socket.sent.length]).toEqual([1, 1])
  })
})
