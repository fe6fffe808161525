import { describe, expect, test } from "vitest"
import { onBoth } from "./kit/onBoth.ts"
import { microtasks, type Page } from "./kit/openPage.ts"

const stateOf = (page: Page, selector: string) => page.$(selector).getAttribute("data-ws-state")

onBoth((open) => {
  describe.each(["ws-status", "data-ws-status"])("%s", (attribute) => {
    test("that is no selector is one sentence on the console, and affects no other", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><p id="bad" ${attribute}="#c >"></p><p id="good" ${attribute}></p></div>`,
      })
      page.socket.open()
      expect([stateOf(page, "#bad"), stateOf(page, "#good")]).toEqual(["closed", "open"])
      expect(page.console).toEqual(['error: htmx: [ws] ws-status="#c >" is not a valid selector'])
    })

    test("shows the state of the connection around it, from dial to end", async () => {
      using page = await open({
        head: `<meta name="htmx-config" content='{"ws": {"pauseOnBackground": true, "reconnectMaxAttempts": 2}}'>`,
        body: `<div id="c" ws-connect="/ws"><i id="s" ${attribute}></i></div>`,
      })
      page.window.Math.random = () => 0.5
      const seen = [stateOf(page, "#s")]
      const step = (act: () => void) => {
        act()
        seen.push(stateOf(page, "#s"))
      }
      step(() => page.socket.open())
      step(() => page.socket.drop())
      step(() => page.advance(1000))
      step(() => page.socket.open())
      step(() => page.visibility(true))
      step(() => page.visibility(false))
      step(() => page.socket.drop())
      step(() => page.advance(1000))
      step(() => page.socket.drop())
      step(() => page.wrapper().reconnect())
      step(() => page.wrapper().close())
      expect(seen).toEqual([
        "connecting",
        "open",
        "reconnecting",
        "connecting",
        "open",
        "paused",
        "connecting",
        "reconnecting",
        "connecting",
        "failed",
        "connecting",
        "closed",
      ])
    })

    test("shows the state of the connection that its selector finds, wherever it is", async () => {
      using page = await open({
        body: `<i id="s" ${attribute}="#d"></i><div id="c" ws-connect="/one"><i id="t" ${attribute}=".second"></i></div><div id="d" class="second" ws-connect="/two"></div>`,
      })
      page.socketAt(1).open()
      expect([stateOf(page, "#s"), stateOf(page, "#t")]).toEqual(["open", "open"])
      page.socketAt(0).open().end(1000)
      expect([stateOf(page, "#s"), stateOf(page, "#t")]).toEqual(["open", "open"])
      page.socketAt(1).end(1000)
      expect([stateOf(page, "#s"), stateOf(page, "#t")]).toEqual(["closed", "closed"])
    })

    test("shows closed if there is no connection, and after it has left", async () => {
      using page = await open({
        body: `<div ws-connect="/one"><i id="in" ${attribute}></i></div><div id="c" ws-connect="/two"></div><i id="s" ${attribute}="#c"></i><i id="none" ${attribute}></i>`,
      })
      expect([stateOf(page, "#none"), stateOf(page, "#in"), stateOf(page, "#s")]).toEqual([
        "closed",
        "connecting",
        "connecting",
      ])
      page.$("#c").remove()
      await microtasks()
      expect(stateOf(page, "#s")).toBe("closed")
    })

    test("is restored after it has been removed", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><i id="s" ${attribute}></i></div>` })
      page.socket.open()
      page.$("#s").removeAttribute("data-ws-state")
      await microtasks()
      expect(stateOf(page, "#s")).toBe("open")
      page.$("#s").setAttribute("data-ws-state", "rubbish")
      await microtasks()
      expect(stateOf(page, "#s")).toBe("open")
    })

    test("is shown on content that is added later", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><p id="out"></p></div>` })
      page.socket.open()
      page.socket.message(`<p id="out"><i id="s" ${attribute}></i></p>`)
      expect(stateOf(page, "#s")).toBe("open")
    })

    test("on the connect element itself shows its state", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws" ${attribute}></div>` })
      page.socket.open()
      expect(stateOf(page, "#c")).toBe("open")
      page.htmx.process(page.$("#c"))
      page.htmx.process(page.document.body)
      expect([page.sockets.length, page.socket.isLive]).toEqual([1, true])
    })
  })

  test("a change of state searches nothing, however many elements there are", async () => {
    using page = await open({
      body: `<div ws-connect="/ws"><i id="s" ws-status></i></div><div ws-connect="/two"></div>`,
    })
    const searches: Array<string> = []
    for (const method of ["querySelectorAll", "querySelector"] as const) {
      // As a union of two functions, TypeScript may or may not know how to call it.
      const { prototype } = page.window.Document
      const search: (selector: string) => unknown = prototype[method]
      prototype[method] = function (this: Document, selector: string) {
        searches.push(selector)
        return Reflect.apply(search, this, [selector])
      } as never
    }
    for (const socket of page.sockets) socket.open()
    page.socketAt(0).drop()
    expect([page.document.getElementById("s")?.dataset.wsState, searches]).toEqual(["reconnecting", []])
  })

  test("connections that are made in one turn search the page once", async () => {
    let searches = 0
    using page = await open({
      body: `<main id="m"></main>`,
      before: ({ Document }) => {
        const { querySelectorAll } = Document.prototype
        Document.prototype.querySelectorAll = function (this: Document, selector: string) {
          if (selector.includes("ws-status")) searches++
          return querySelectorAll.call(this, selector)
        } as never
      },
    })
    searches = 0
    page.add(`<div>${`<div ws-connect="/ws"></div>`.repeat(5)}</div>`)
    expect([page.sockets.length, searches]).toEqual([5, 1])
  })

  test("an element outside of hx-ext shows the state of a connection that is made later", async () => {
    using page = await open({ on: "", body: `<i id="s" ws-status="#c"></i>` })
    page.add(`<div hx-ext="ws"><div id="c" ws-connect="/ws"></div></div>`)
    const seen = [stateOf(page, "#s")]
    page.socket.open()
    expect([...seen, stateOf(page, "#s")]).toEqual(["connecting", "open"])
  })

  test("an element that leaves, and comes back, shows the state again at its next change", async () => {
    using page = await open({ body: `<div id="c" ws-connect="/ws"><i id="s" ws-status></i></div>` })
    const element = page.$("#s")
    element.remove()
    page.socket.open()
    expect(element.dataset.wsState).toBe("connecting")
    page.$("#c").append(element)
    page.socket.drop()
    expect(element.dataset.wsState).toBe("reconnecting")
  })

  test("no attribute is written to a connect element without ws-status", async () => {
    using page = await open({ body: `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>` })
    page.socket.open()
    page.submit("#f")
    page.socket.drop()
    page.advance(1000)
    expect(page.$("#c").getAttributeNames()).toEqual(["id", "ws-connect"])
    expect(page.$("#f").getAttributeNames()).toEqual(["id", "ws-send"])
  })

  test("the state is set before the event is dispatched", async () => {
    using page = await open({ body: `<div id="c" ws-connect="/ws"><i id="s" ws-status></i></div>` })
    const seen: Array<unknown> = []
    for (const name of ["wsConnecting", "wsOpen", "wsClose", "wsReconnecting"]) {
      page.on(name, ({ detail }) =>
        seen.push([
          name,
          stateOf(page, "#s"),
          (detail.socketWrapper as { state?: string } | undefined)?.state,
        ]),
      )
    }
    page.socket.open().drop()
    page.wrapper().reconnect()
    expect(seen).toEqual([
      ["wsOpen", "open", "open"],
      ["wsClose", "reconnecting", "reconnecting"],
      ["wsReconnecting", "reconnecting", "reconnecting"],
      ["wsConnecting", "connecting", "connecting"],
    ])
  })
})
