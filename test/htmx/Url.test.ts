import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as Url from "../../src/htmx/Url.ts"
import { onBoth, shared } from "./kit/onBoth.ts"

/** Made once, since that takes fast-check a second. */
const webUrls = fc.webUrl({ withFragments: true, withQueryParameters: true })

const page = "https://page.test:8080/dir/page.html?q=1#h"

/** What a URL means on a page. */
const resolve = (value: string, place: Partial<Url.Place> = {}): string | undefined =>
  Url.resolve(value, { base: place.page ?? page, page, isOwn: false, ...place })

const forms: ReadonlyArray<[value: string, http: string, https: string]> = [
  ["/chatroom", "ws://page.test:8080/chatroom", "wss://page.test:8080/chatroom"],
  ["chatroom", "ws://page.test:8080/dir/chatroom", "wss://page.test:8080/dir/chatroom"],
  ["./a/../b?x=1", "ws://page.test:8080/dir/b?x=1", "wss://page.test:8080/dir/b?x=1"],
  ["../up", "ws://page.test:8080/up", "wss://page.test:8080/up"],
  ["?room=1", "ws://page.test:8080/dir/page.html?room=1", "wss://page.test:8080/dir/page.html?room=1"],
  ["//other.test/chat", "ws://other.test/chat", "wss://other.test/chat"],
  ["ws://other.test/chat", "ws://other.test/chat", "ws://other.test/chat"],
  ["wss://other.test:1/chat", "wss://other.test:1/chat", "wss://other.test:1/chat"],
  ["WSS://Other.Test/Chat", "WSS://Other.Test/Chat", "WSS://Other.Test/Chat"],
  ["ws://other.test", "ws://other.test", "ws://other.test"],
  ["ws://other.test/a b?c=ä#d", "ws://other.test/a b?c=ä", "ws://other.test/a b?c=ä"],
  ["http://other.test/chat", "ws://other.test/chat", "ws://other.test/chat"],
  ["https://other.test/chat", "wss://other.test/chat", "wss://other.test/chat"],
  ["ws:/chatroom", "ws://page.test:8080/chatroom", "ws://page.test:8080/chatroom"],
  ["wss:/chatroom?a=b", "wss://page.test:8080/chatroom?a=b", "wss://page.test:8080/chatroom?a=b"],
  ["WS:/chatroom", "ws://page.test:8080/chatroom", "ws://page.test:8080/chatroom"],
  ["/chat#fragment", "ws://page.test:8080/chat", "wss://page.test:8080/chat"],
  ["  /chat ", "ws://page.test:8080/chat", "wss://page.test:8080/chat"],
  ["/a:b/c", "ws://page.test:8080/a:b/c", "wss://page.test:8080/a:b/c"],
  ["/ä ö", "ws://page.test:8080/ä ö", "wss://page.test:8080/ä ö"],
  ["/a/../{b}?c=#d", "ws://page.test:8080/a/../{b}?c=", "wss://page.test:8080/a/../{b}?c="],
  ["./ä ö", "ws://page.test:8080/dir/%C3%A4%20%C3%B6", "wss://page.test:8080/dir/%C3%A4%20%C3%B6"],
  ["ws://user:pass@other.test/", "ws://user:pass@other.test/", "ws://user:pass@other.test/"],
  ["ws://[::1]:9/x", "ws://[::1]:9/x", "ws://[::1]:9/x"],
]

describe("a URL", () => {
  test.each(forms)("%j is resolved, on http and on https", (value, http, https) => {
    expect(resolve(value, { page: page.replace("https", "http") })).toBe(http)
    expect(resolve(value)).toBe(https)
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
  ])("%j is no URL", (value) => {
    expect(resolve(value)).toBeUndefined()
  })

  test.each(["about:blank", "file:///dir/page.html", "data:text/html,x"])(
    "that is relative means nothing on %s",
    (page) => {
      expect(resolve("/chat", { page })).toBeUndefined()
      expect(resolve("ws:/chat", { page })).toBeUndefined()
      expect(resolve("ws://other.test/chat", { page })).toBe("ws://other.test/chat")
    },
  )

  const cdn = "http://cdn.test/assets/"

  test.each([
    ["/chat", "wss://page.test:8080/chat"],
    ["ws:/chat", "ws://page.test:8080/chat"],
    ["chat", "ws://cdn.test/assets/chat"],
    ["./chat", "ws://cdn.test/assets/chat"],
    ["?a", "ws://cdn.test/assets/?a"],
    ["//other.test/chat", "ws://other.test/chat"],
    ["/\\other.test/chat", "ws://other.test/chat"],
  ])(
    "%j under a <base> of another host is the page's own if it is a path, and relative otherwise",
    (value, url) => {
      expect(resolve(value, { base: cdn })).toBe(url)
    },
  )

  test("that is a path belongs to the host of <base> if the page itself has no host", () => {
    expect(resolve("/chat", { page: "about:srcdoc", base: cdn })).toBe("ws://cdn.test/chat")
  })

  const own = ["mock:room", "stomp://broker/topic", "STOMP:x", "room", "my room", "ftp://other.test/x"]

  test.each(own)("%j is passed on as it is written to a page that makes its sockets itself", (value) => {
    expect(resolve(value, { isOwn: true })).toBe(value)
  })

  test.each(forms.filter(([value]) => value !== "chatroom"))(
    "%j means the same to a page that makes its sockets itself",
    (value, _, https) => {
      expect(resolve(value, { isOwn: true })).toBe(https)
    },
  )

  test("when resolved is valid for a WebSocket: ws or wss, and no fragment", () => {
    const text = fc.oneof(fc.string(), webUrls, fc.webPath())
    fc.assert(
      fc.property(text, (value) => {
        const resolved = resolve(value)
        if (resolved === undefined) return
        const url = new URL(resolved)
        expect(url.protocol).toMatch(/^wss?:$/)
        expect(resolved).not.toContain("#")
        expect(url.host).not.toBe("")
      }),
    )
  })

  test("stays the same when it is resolved again", () => {
    fc.assert(
      fc.property(webUrls, (value) => {
        const once = resolve(value)
        expect(once).toBeDefined()
        expect(resolve(once ?? "", { page: "http://elsewhere.test/" })).toBe(once)
      }),
    )
  })

  test("that is a path keeps the page's host, and its own path and query", () => {
    const part = fc.stringMatching(/^[\w.~-]{1,9}$/).filter((name) => !/^\.+$/.test(name))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.option(part, { nil: undefined }), (parts, query) => {
        const path = `/${parts.join("/")}${query === undefined ? "" : `?${query}`}`
        expect(resolve(path)).toBe(`wss://page.test:8080${path}`)
        expect(resolve(`ws:${path}`)).toBe(`ws://page.test:8080${path}`)
      }),
    )
  })

  test("with http becomes one with ws", () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (value) => {
        expect(resolve(value)).toBe(new URL(value.replace(/^http/, "ws")).href)
      }),
    )
  })
})

onBoth((open) => {
  describe("ws-connect", () => {
    const opened = shared(() => open())
    test.each(forms)("%j is dialled as it is resolved", (value, http) => {
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
    expect(page.dials.map(([url]) => url)).toEqual(["wss://base.test/app/chat", "ws://page.test:8080/top"])
  })

  test.for(["before", "after"] as const)(
    "a scheme of its own reaches a createWebSocket that was set %s",
    async (when) => {
      const urls: Array<string> = []
      using page = await open({
        body: `<div ws-connect="mock:room"></div><i ws-connect="room"></i><b ws-connect="ws://h"></b>`,
        [when === "before" ? "before" : "after"]: ({ htmx }: { htmx: object }) => {
          Object.assign(htmx, {
            createWebSocket: (url: string) => {
              urls.push(url)
              return { addEventListener: () => {}, send: () => {}, close: () => {} }
            },
          })
        },
      })
      expect(urls).toEqual(["mock:room", "room", "ws://h"])
      expect(page.console).toEqual([])
    },
  )

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
    expect([page.dials, page.events]).toEqual([[], []])
  })

  test("a page of https dials wss", async () => {
    using page = await open({ url: "https://page.test/", body: `<div ws-connect="/ws"></div>` })
    expect(page.dials).toEqual([["wss://page.test/ws", []]])
  })
})
