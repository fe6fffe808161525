import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as Url from "../../src/htmx/Url.ts"
import { onBoth, shared } from "./kit/onBoth.ts"

const base = "https://page.test:8080/dir/page.html?q=1#h"

const forms: ReadonlyArray<[value: string, http: string, https: string]> = [
  ["/chatroom", "ws://page.test:8080/chatroom", "wss://page.test:8080/chatroom"],
  ["chatroom", "ws://page.test:8080/dir/chatroom", "wss://page.test:8080/dir/chatroom"],
  ["./a/../b?x=1", "ws://page.test:8080/dir/b?x=1", "wss://page.test:8080/dir/b?x=1"],
  ["../up", "ws://page.test:8080/up", "wss://page.test:8080/up"],
  ["?room=1", "ws://page.test:8080/dir/page.html?room=1", "wss://page.test:8080/dir/page.html?room=1"],
  ["//other.test/chat", "ws://other.test/chat", "wss://other.test/chat"],
  ["ws://other.test/chat", "ws://other.test/chat", "ws://other.test/chat"],
  ["wss://other.test:1/chat", "wss://other.test:1/chat", "wss://other.test:1/chat"],
  ["WSS://Other.Test/Chat", "wss://other.test/Chat", "wss://other.test/Chat"],
  ["http://other.test/chat", "ws://other.test/chat", "ws://other.test/chat"],
  ["https://other.test/chat", "wss://other.test/chat", "wss://other.test/chat"],
  ["ws:/chatroom", "ws://page.test:8080/chatroom", "ws://page.test:8080/chatroom"],
  ["wss:/chatroom?a=b", "wss://page.test:8080/chatroom?a=b", "wss://page.test:8080/chatroom?a=b"],
  ["WS:/chatroom", "ws://page.test:8080/chatroom", "ws://page.test:8080/chatroom"],
  ["/chat#fragment", "ws://page.test:8080/chat", "wss://page.test:8080/chat"],
  ["  /chat ", "ws://page.test:8080/chat", "wss://page.test:8080/chat"],
  ["/a:b/c", "ws://page.test:8080/a:b/c", "wss://page.test:8080/a:b/c"],
  ["/ä ö", "ws://page.test:8080/%C3%A4%20%C3%B6", "wss://page.test:8080/%C3%A4%20%C3%B6"],
  ["ws://user:pass@other.test/", "ws://user:pass@other.test/", "ws://user:pass@other.test/"],
  ["ws://[::1]:9/x", "ws://[::1]:9/x", "ws://[::1]:9/x"],
]

describe("a URL", () => {
  test.each(forms)("%j means what it says, on http and on https", (value, http, https) => {
    expect(Url.resolve(value, base.replace("https", "http"))).toBe(http)
    expect(Url.resolve(value, base)).toBe(https)
  })

  test.each([
    "ftp://other.test/x",
    "mailto:a@b",
    "ws://other.test:99999/",
    "http://",
    "data:,x",
    "ws://",
    "javascript:1",
    "file:///x",
  ])("%j means nothing", (value) => {
    expect(Url.resolve(value, base)).toBeUndefined()
  })

  test.each(["about:blank", "file:///dir/page.html", "data:text/html,x"])(
    "that is relative means nothing on %s",
    (page) => {
      expect(Url.resolve("/chat", page)).toBeUndefined()
      expect(Url.resolve("ws:/chat", page)).toBeUndefined()
      expect(Url.resolve("ws://other.test/chat", page)).toBe("ws://other.test/chat")
    },
  )

  test("that is resolved is one that a WebSocket takes: ws or wss, and no fragment", () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.webPath(),
    )
    fc.assert(
      fc.property(text, (value) => {
        const resolved = Url.resolve(value, base)
        if (resolved === undefined) return
        const url = new URL(resolved)
        expect(url.protocol).toMatch(/^wss?:$/)
        expect(resolved).not.toContain("#")
        expect(url.host).not.toBe("")
      }),
    )
  })

  test("that is resolved stays what it is when it is resolved again", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (value) => {
        const once = Url.resolve(value, base)
        expect(once).toBeDefined()
        expect(Url.resolve(once ?? "", "http://elsewhere.test/")).toBe(once)
      }),
    )
  })

  test("that is a path of the page keeps host, path and query", () => {
    const part = fc.stringMatching(/^[\w.~-]{1,9}$/).filter((name) => !/^\.+$/.test(name))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.option(part, { nil: undefined }), (parts, query) => {
        const path = `/${parts.join("/")}${query === undefined ? "" : `?${query}`}`
        expect(Url.resolve(path, base)).toBe(`wss://page.test:8080${path}`)
        expect(Url.resolve(`ws:${path}`, base)).toBe(`ws://page.test:8080${path}`)
      }),
    )
  })

  test("with http is the one with ws", () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (value) => {
        expect(Url.resolve(value, base)).toBe(new URL(value.replace(/^http/, "ws")).href)
      }),
    )
  })
})

onBoth((open) => {
  describe("ws-connect", () => {
    const opened = shared(() => open())
    test.each(forms)("%j is dialled as it means", (value, http) => {
      const page = opened()
      const dials = page.dials.length
      const element = page.document.createElement("div")
      element.setAttribute("ws-connect", value)
      page.document.body.append(element)
      page.htmx.process(element)
      expect(page.dials.slice(dials)).toEqual([[http, []]])
      expect(page.console).toEqual([])
    })
  })

  test("ws-connect is resolved against <base>", async () => {
    using page = await open({
      head: `<base href="https://base.test/app/">`,
      body: `<div ws-connect="chat"></div><i ws-connect="/top"></i>`,
    })
    expect(page.dials.map(([url]) => url)).toEqual(["wss://base.test/app/chat", "wss://base.test/top"])
  })

  test("ws-connect is resolved at each dial", async () => {
    using page = await open({ body: `<div id="c" ws-connect="chat"></div>` })
    page.window.history.pushState({}, "", "/else/where")
    page.wrapper().reconnect()
    expect(page.dials.map(([url]) => url)).toEqual([
      "ws://page.test:8080/dir/chat",
      "ws://page.test:8080/else/chat",
    ])
  })

  test("an empty ws-connect connects to nothing", async () => {
    using page = await open({ body: `<div id="c" ws-connect=""></div><div id="d" ws-connect></div>` })
    expect([page.dials, page.told]).toEqual([[], []])
  })

  test("a page of https dials wss", async () => {
    using page = await open({ url: "https://page.test/", body: `<div ws-connect="/ws"></div>` })
    expect(page.dials).toEqual([["wss://page.test/ws", []]])
  })
})
