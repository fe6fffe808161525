import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks } from "../../kit/openPage.ts"

const form = `<form id="f" ws-send><input name="a" value="1"></form>`
const body = `<div id="c" ws-connect="/ws">${form}<p id="out"></p></div><div id="d" ws-connect="/other"></div>`

onBoth((open) => {
  describe("a sender that has left its connection", () => {
    test("sends to the connection in which it was processed", async () => {
      using page = await open({ body })
      page.socketAt(0).open()
      page.document.body.append(page.$("#f"))
      page.submit("#f")
      expect([page.socketAt(0).json.length, page.socketAt(1).json.length]).toEqual([1, 0])
      expect(page.events.slice(-3)).toEqual(["wsConfigSend #f", "wsBeforeSend #f", "wsAfterSend #f"])
    })

    test("also if htmx processes it again outside", async () => {
      using page = await open({ body })
      page.socketAt(0).open()
      page.document.body.append(page.$("#f"))
      page.$("#f").setAttribute("class", "modal")
      page.htmx.process(page.$("#f"))
      page.submit("#f")
      expect(page.socketAt(0).json).toHaveLength(1)
    })

    test("also if the element has another connection by now", async () => {
      using page = await open({ body })
      page.document.body.append(page.$("#f"))
      page.$("#c").setAttribute("ws-connect", "/third")
      page.htmx.process(page.$("#c"))
      page.socket.open()
      page.submit("#f")
      expect([page.socket.url, page.socket.json.length]).toEqual([expect.stringContaining("/third"), 1])
    })

    test("fails when that has left, and sends to no other", async () => {
      using page = await open({ body })
      page.document.body.append(page.$("#f"))
      page.$("#c").remove()
      await microtasks()
      page.forget()
      page.submit("#f")
      expect([page.events, page.json]).toEqual([["wsUnsent #f", "wsError #f"], []])
    })

    test("sends to the nearest as soon as it is inside one", async () => {
      using page = await open({ body })
      page.socketAt(1).open()
      page.$("#d").append(page.$("#f"))
      page.submit("#f")
      expect(page.socketAt(1).json).toHaveLength(1)
    })
  })

  describe("hx-ext taken away after the page was processed", () => {
    test("stops no sender and no connection, also after a drop", async () => {
      using page = await open({ body })
      page.document.body.removeAttribute("hx-ext")
      page.socketAt(0).open().drop()
      page.advance(2000)
      page.socket.open()
      page.submit("#f")
      page.socket.message(`<p id="out">new</p>`)
      expect([page.socket.json.length, page.$("#out").textContent]).toEqual([1, "new"])
    })

    test("leaves no socket when the element leaves", async () => {
      using page = await open({ body })
      page.document.body.removeAttribute("hx-ext")
      page.document.body.replaceChildren()
      await microtasks()
      expect(page.live).toEqual([])
    })
  })
})
