import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import type { Page } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out">nothing</p></div>`

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const act = (page: Page) => {
  page.socket.open()
  page.submit("#f")
  page.socket.message(`<p id="out">new</p>`)
}

onBoth((open) => {
  describe("each event", () => {
    test("bubbles, in both spellings, the camel one first", async () => {
      using page = await open()
      const heard: Array<string> = []
      const names = [
        "ConfigConnect",
        "Connecting",
        "Open",
        "Close",
        "Error",
        "Reconnecting",
        "Failed",
        "BeforeMessage",
      ]
        .concat("AfterMessage", "ConfigSend", "BeforeSend", "AfterSend", "Dropped")
        .map((name) => `htmx:ws${name}`)
      for (const name of names.flatMap((name) => [name, kebab(name)])) {
        page.document.addEventListener(name, ({ type }) => heard.push(type))
      }
      page.htmx.config.ws = { reconnectMaxAttempts: 1, queueCapacity: 0 }
      page.add(body)
      page.submit("#f")
      act(page)
      page.socket.fail()
      page.advance(1000)
      page.socket.drop()
      const pairs = Array.from({ length: heard.length / 2 }, (_, index) =>
        heard.slice(2 * index, 2 * index + 2),
      )
      for (const [camel, other] of pairs) expect(other).toBe(kebab(camel ?? ""))
      expect(new Set(heard)).toEqual(new Set(names.flatMap((name) => [name, kebab(name)])))
    })

    test("has its element, and the fields of the contract", async () => {
      using page = await open({ body })
      act(page)
      page.socket.drop()
      const keys = Object.fromEntries(
        page.ws.map(({ detail, name }) => [name.slice("htmx:ws".length), Object.keys(detail)]),
      )
      const expected = {
        ConfigConnect: ["url", "protocols", "attempt", "waitUntil"],
        Connecting: ["event", "attempt"],
        Open: ["event", "socketWrapper"],
        Close: ["event", "socketWrapper"],
        Reconnecting: ["attempt", "delay", "event"],
        BeforeMessage: ["message", "socketWrapper"],
        AfterMessage: ["message", "socketWrapper"],
        ConfigSend: [
          "parameters",
          "unfilteredParameters",
          "headers",
          "errors",
          "triggeringEvent",
          "messageBody",
          "socketWrapper",
        ],
        BeforeSend: ["message", "socketWrapper"],
        AfterSend: ["message", "socketWrapper"],
      }
      for (const [name, fields] of Object.entries(expected)) {
        expect(keys[name], name).toEqual(expect.arrayContaining(fields))
      }
      for (const { event, on } of page.ws) expect(event.detail.elt).toBe(on)
    })

    test("has the browser's event if there is one", async () => {
      using page = await open({ body })
      page.socket.open().end(1000, "bye")
      expect(page.last("wsOpen").event).toBeInstanceOf(page.window.Event)
      expect(page.last("wsOpen").event).toMatchObject({ type: "open" })
      expect(page.last("wsClose").event).toBeInstanceOf(page.window.CloseEvent)
      expect(page.last("wsClose").event).toMatchObject({
        type: "close",
        code: 1000,
        reason: "bye",
        wasClean: true,
      })
    })
  })

  describe("cancelling, in either spelling,", () => {
    const cancels = (name: string, events: ReadonlyArray<string>) =>
      test.each([`htmx:${name}`, kebab(`htmx:${name}`)])("%s prevents the action", async (event) => {
        using page = await open({ body })
        page.document.addEventListener(event, (heard) => heard.preventDefault())
        act(page)
        expect(page.events.slice(2)).toEqual(events)
        expect(page.$("#out").textContent).toBe(name === "wsBeforeMessage" ? "nothing" : "new")
        expect(page.socket.sent).toHaveLength(name === "wsBeforeMessage" ? 1 : 0)
        expect(page.console).toEqual([])
      })
    const messages = ["wsBeforeMessage #c", "wsAfterMessage #c"]
    cancels("wsConfigSend", ["wsOpen #c", "wsConfigSend #f", ...messages])
    cancels("wsBeforeSend", ["wsOpen #c", "wsConfigSend #f", "wsBeforeSend #f", ...messages])
    cancels("wsBeforeMessage", [
      "wsOpen #c",
      "wsConfigSend #f",
      "wsBeforeSend #f",
      "wsAfterSend #f",
      "wsBeforeMessage #c",
    ])

    test.each([
      "wsConnecting",
      "wsOpen",
      "wsClose",
      "wsError",
      "wsReconnecting",
      "wsAfterMessage",
      "wsAfterSend",
    ])("%s changes nothing", async (name) => {
      using page = await open({ body })
      page.on(name, (event) => event.preventDefault())
      page.wrapper().reconnect()
      act(page)
      page.socket.fail()
      page.advance(1000)
      page.socket.open()
      page.submit("#f")
      expect([page.sockets.length, page.socket.sent.length, page.$("#out").textContent]).toEqual([
        3,
        1,
        "new",
      ])
    })
  })

  describe("htmx:wsConfigSend", () => {
    const configured = async (change: (detail: Record<string, unknown>) => void) => {
      const page = await open({ body })
      page.socket.open()
      page.on("wsConfigSend", ({ detail }) => change(detail))
      page.submit("#f")
      return page
    }

    test("may replace the headers", async () => {
      using page = await configured((detail) => Object.assign(detail, { headers: { only: "this" } }))
      expect(page.json).toEqual([{ a: "1", HEADERS: { only: "this" } }])
    })

    test("may replace the parameters", async () => {
      using page = await configured((detail) => Object.assign(detail, { parameters: { b: [1] } }))
      expect(page.json).toEqual([{ b: [1], HEADERS: expect.objectContaining({ "HX-Request": "true" }) }])
    })

    test("may omit the headers", async () => {
      using page = await configured((detail) => {
        delete detail.headers
      })
      expect(page.json).toEqual([{ a: "1" }])
    })

    test("may set a message body, also an empty one", async () => {
      using page = await configured((detail) => Object.assign(detail, { messageBody: "" }))
      expect(page.socket.sent).toEqual([""])
    })

    test("has the event that triggered it, and the values before hx-params", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><form id="f" ws-send hx-params="not b"><input name="a" value="1"><input name="b" value="2"></form></div>`,
      })
      page.submit("#f")
      const { errors, parameters, triggeringEvent, unfilteredParameters } = page.last("wsConfigSend")
      expect([errors, parameters, unfilteredParameters]).toEqual([[], { a: "1" }, { a: "1", b: "2" }])
      expect(triggeringEvent).toMatchObject({ type: "submit", target: page.$("#f") })
    })

    test("has the errors of the form, which stop it with htmx:validation:halted", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><form id="f" ws-send><input id="i" name="a" required></form></div>`,
      })
      page.socket.open()
      page.htmx.trigger(page.$("#f"), "submit")
      const errors = page.last("wsConfigSend").errors as Array<{ elt: Element }>
      expect(new Set(errors.map(({ elt }) => elt))).toEqual(new Set([page.$("#i")]))
      expect(page.all("validation:halted").map(({ on }) => on.id)).toEqual(["f"])
      expect(page.socket.sent).toEqual([])
    })

    test.each([
      ["none", {}],
      ["*", { a: "1", b: "2", c: ["3", "4"] }],
      ["a", { a: "1" }],
      ["a, c", { a: "1", c: ["3", "4"] }],
      ["not a", { b: "2", c: ["3", "4"] }],
      ["not a,b", { c: ["3", "4"] }],
      ["nothing-like-this", {}],
    ])("has the values that hx-params=%j selects", async (params, expected) => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws" hx-params="${params}"><form id="f" ws-send><input name="a" value="1"><input name="b" value="2"><input name="c" value="3"><input name="c" value="4"></form></div>`,
      })
      page.socket.open()
      page.submit("#f")
      const [{ HEADERS, ...values } = {}] = page.json
      expect(values).toEqual(expected)
      expect(HEADERS).toMatchObject({ "HX-Request": "true" })
      expect(page.console).toEqual([])
    })
  })

  describe("a form never falls through to a native submit", () => {
    const prevented = async (page: Page) => {
      const event = new page.window.Event("submit", { bubbles: true, cancelable: true })
      page.$("#f").dispatchEvent(event)
      return event.defaultPrevented
    }

    test("when it is sent", async () => {
      using page = await open({ body })
      page.socket.open()
      expect(await prevented(page)).toBe(true)
    })

    test("when it waits", async () => {
      using page = await open({ body })
      expect(await prevented(page)).toBe(true)
    })

    test("when a listener cancels it", async () => {
      using page = await open({ body })
      page.on("wsConfigSend", (event) => event.preventDefault())
      expect(await prevented(page)).toBe(true)
    })

    test("when a listener throws", async () => {
      using page = await open({ body })
      page.on("wsConfigSend", () => {
        throw new Error("boom")
      })
      expect(await prevented(page)).toBe(true)
    })

    test("when it is inside no connection", async () => {
      using page = await open({ body: `<form id="f" ws-send></form>` })
      expect(await prevented(page)).toBe(true)
    })

    test("when a value has no JSON", async () => {
      using page = await open({ body })
      page.on("wsConfigSend", ({ detail }) => Object.assign(detail.parameters as object, { f: () => 1 }))
      expect(await prevented(page)).toBe(true)
    })

    test("when the connection has been removed meanwhile", async () => {
      using page = await open({ body })
      const form = page.$("#f")
      page.document.body.append(form)
      page.$("#c").remove()
      expect(await prevented(page)).toBe(true)
    })
  })
})
