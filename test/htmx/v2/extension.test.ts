import { describe, expect, test } from "vitest"
import { generations } from "../../setup/pages.ts"
import { onBoth } from "../kit/onBoth.ts"
import { microtasks } from "../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

onBoth((open, htmx) => {
  describe.each(["/dist/ws.js", "/dist/ws.min.js"])("%s executed after the script was", (script) => {
    test("leaves senders and connections unchanged", async () => {
      using page = await open({ body })
      page.socket.open()
      page.execute(script)
      page.htmx.process(page.document.body)
      page.submit("#f")
      page.socket.message(`<p id="out">new</p>`)
      expect([page.sockets.length, page.json.length, page.$("#out").textContent, page.console]).toEqual([
        1,
        1,
        "new",
        [],
      ])
    })

    test("keeps the existing connections, and each new element has one", async () => {
      using page = await open({ body })
      page.execute(script)
      page.$("#c").setAttribute("class", "other")
      page.htmx.process(page.$("#c"))
      page.add(`<div id="d" ws-connect="/other"><form id="g" ws-send></form></div>`)
      expect(page.live).toHaveLength(2)
      page.socket.open()
      page.submit("#g")
      expect(page.socket.json).toHaveLength(1)
      page.htmx.remove(page.$("#d"))
      page.$("#c").remove()
      await microtasks()
      expect(page.live).toHaveLength(0)
    })

    test("before htmx starts, has the effect of one", async () => {
      using page = await open({ body, scripts: [script, script] })
      expect(page.sockets).toHaveLength(1)
      page.socket.open()
      page.submit("#f")
      expect([page.json.length, page.all("wsAfterSend").length]).toEqual([1, 1])
    })
  })

  test("the official script after ours throws nothing: existing connections go on, new ones are its own", async () => {
    using page = await open({ body })
    page.socket.open()
    page.execute(generations[htmx].official)
    page.submit("#f")
    page.add(`<div id="d" ws-connect="ws://page.test/other"><form id="g" ws-send></form></div>`)
    expect([page.json.length, page.sockets.length, page.console]).toEqual([1, 2, []])
  })

  test("ours after the official script throws nothing, and new connections are ours", async () => {
    using page = await open({ body, ws: "official" })
    page.socket.open()
    page.execute("/dist/ws.js")
    page.submit("#f")
    expect(page.json).not.toEqual([])
    page.add(`<div id="d" ws-connect="/other"><form id="g" ws-send></form></div>`)
    page.socket.open()
    page.submit("#g")
    expect([page.socket.json.length, page.console]).toEqual([1, []])
  })
})
