/** What triggers a sender does nothing else, and is sent wherever the sender is by then. */
import { describe, expect, test } from "vitest"
import { onBoth } from "../kit/onBoth.ts"
import { microtasks } from "../kit/openPage.ts"

onBoth((open) => {
  describe("an event that sends does nothing else", () => {
    test.for([
      ["submit", "#f", `<form id="f" ws-send hx-trigger="submit from:body"></form>`],
      [
        "submit of another form",
        "#other",
        `<form id="other"></form><i ws-send hx-trigger="submit from:#other"></i>`,
      ],
      [
        "click on a submit button",
        "#b",
        `<form><button id="b" ws-send hx-trigger="click from:body"></button></form>`,
      ],
      ["click on a link", "#a", `<p><a id="a" href="/x" ws-send hx-trigger="click from:closest p"></a></p>`],
    ] as const)("a %s, if hx-trigger listens at another element", async ([title, at, html]) => {
      using page = await open({ body: `<div id="c" ws-connect="/ws">${html}</div>` })
      page.socket.open()
      const type = title.startsWith("submit") ? "submit" : "click"
      const event = new page.window.Event(type, { bubbles: true, cancelable: true })
      page.$(at).dispatchEvent(event)
      expect([page.socket.sent.length, event.defaultPrevented]).toEqual([1, true])
    })

    test("also if a listener cancels it", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><form id="f" ws-send hx-trigger="submit from:body"></form></div>`,
      })
      page.document.addEventListener("htmx:wsConfigSend", (event) => event.preventDefault())
      page.socket.open()
      const event = new page.window.Event("submit", { bubbles: true, cancelable: true })
      page.$("#f").dispatchEvent(event)
      expect([page.socket.sent.length, event.defaultPrevented]).toEqual([0, true])
    })

    test("but a click elsewhere keeps its default, although it triggers a sender", async () => {
      using page = await open({
        body: `<a id="a" href="#x"></a><div id="c" ws-connect="/ws"><i ws-send hx-trigger="click from:body"></i></div>`,
      })
      page.socket.open()
      const event = new page.window.Event("click", { bubbles: true, cancelable: true })
      page.$("#a").dispatchEvent(event)
      expect([page.socket.sent.length, event.defaultPrevented]).toEqual([1, false])
    })
  })

  describe("a sender that has moved when it is triggered", () => {
    const form = `<form id="f" ws-send><input name="n" value="1"></form>`

    test("sends over the connection in which it was processed, if it is inside none any more", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws">${form}</div>` })
      page.socket.open()
      page.document.body.append(page.$("#f"))
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("sends over the connection that it is inside by then, if there is one", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/one">${form}</div><div id="d" ws-connect="/two"></div>`,
      })
      for (const socket of page.sockets) socket.open()
      page.$("#d").append(page.$("#f"))
      page.submit("#f")
      expect(page.sockets.map(({ sent }) => sent.length)).toEqual([0, 1])
    })

    test("has an error if the connection in which it was processed has left", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws">${form}</div>` })
      page.socket.open()
      page.document.body.append(page.$("#f"))
      page.$("#c").remove()
      await microtasks()
      page.submit("#f")
      expect([page.socket.sent, page.events.at(-1)]).toEqual([[], "wsError #f"])
    })

    test("sends a message that was triggered before it left, with events on the connect element", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><input id="i" name="n" ws-send hx-trigger="input delay:300ms"></div>`,
      })
      page.socket.open()
      page.$("#i").dispatchEvent(new page.window.Event("input", { bubbles: true }))
      page.$("#i").remove()
      page.advance(300)
      expect(page.socket.sent).toHaveLength(1)
      expect(page.events.slice(-3)).toEqual(["wsConfigSend #c", "wsBeforeSend #c", "wsAfterSend #c"])
    })

    test("polls no longer if it has left", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><p id="p"><i id="i" ws-send hx-trigger="every 1s"></i></p></div>`,
      })
      page.socket.open()
      page.socket.message(`<p id="p"></p>`)
      page.advance(5000)
      expect(page.socket.sent).toEqual([])
    })
  })

  test("with the script executed again, all senders send, and there is one connection", async () => {
    using page = await open({
      body: `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`,
      scripts: ["/dist/ws.js", "/dist/ws.js"],
    })
    page.socket.open()
    page.submit("#f")
    expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 1])
  })

  describe.each([
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "toString",
    "toLocaleString",
    "valueOf",
  ])("a field named %s, which every object has", (name) => {
    test.each([1, 2])("is sent with its %d values, beside the others", async (count) => {
      const inputs = [2, 3].slice(0, count).map((value) => `<input name="${name}" value="${value}">`)
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1">${inputs.join("")}</form></div>`,
      })
      page.socket.open()
      page.submit("#f")
      const { HEADERS: _, ...values } = page.json[0] ?? {}
      expect(Object.entries(values).sort()).toEqual(
        [
          ["a", "1"],
          [name, count === 1 ? "2" : ["2", "3"]],
        ].sort(),
      )
    })
  })

  test("a sender, its target and what is swapped may have such ids", async () => {
    using page = await open({
      body: `<div id="constructor" ws-connect="/ws">
        <form id="toString" name="valueOf" ws-send hx-target="#constructor"></form><b id="hasOwnProperty"></b></div>`,
    })
    page.socket.open()
    page.submit("#toString")
    expect(page.json[0]?.HEADERS).toMatchObject({
      "HX-Trigger": "toString",
      "HX-Trigger-Name": "valueOf",
      "HX-Target": "constructor",
    })
    page.socket.message(`<b id="hasOwnProperty">new</b>`)
    expect(page.$("#hasOwnProperty").textContent).toBe("new")
  })
})
