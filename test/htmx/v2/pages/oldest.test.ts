/** What holds on the newest htmx of each line, on the oldest. */
import { describe, expect, test } from "vitest"
import { microtasks, openPage } from "../../kit/openPage.ts"

const form = (attributes = ""): string =>
  `<form id="f" ws-send ${attributes}><input name="a" value="1"><input name="b" value="2"></form>`
const chat = (inner: string): string => `<div id="c" ws-connect="/ws">${inner}<p id="out"></p></div>`

describe.each([
  ["1.9.0", "1.9"],
  ["2.0.0", "2"],
] as const)("htmx %s", (version, htmx) => {
  // In jsdom 1.9.0 believes that it is late, and starts before the extension is there.
  const open = async (html: string) => {
    const page = await openPage({ htmx, core: `/htmx-${version}.js` })
    page.add(html)
    return page
  }

  test("is the version under test, and is accepted without a notice", async () => {
    using page = await open("<p></p>")
    expect([page.htmx.version, page.console]).toEqual([version, []])
  })

  test.each(["", `hx-trigger="submit from:body"`])(
    "a form sends, and the page stays: %s",
    async (attributes) => {
      using page = await open(chat(form(attributes)))
      page.socket.open()
      page.submit("#f")
      expect([page.json, page.console]).toEqual([[{ a: "1", b: "2", HEADERS: expect.anything() }], []])
    },
  )

  test.each([
    ["*", ["a", "b"]],
    ["none", []],
    ["not a", ["b"]],
    ["a,c", ["a"]],
  ])(
    "hx-params=%j lets through what it says, and takes nothing from what is unfiltered",
    async (params, names) => {
      using page = await open(`<div hx-params="${params}">${chat(form())}</div>`)
      page.socket.open()
      page.submit("#f")
      expect(page.json.map(({ HEADERS, ...values }) => Object.keys(values))).toEqual([names])
      expect(page.last("wsConfigSend").unfilteredParameters).toEqual({ a: "1", b: "2" })
    },
  )

  test("frames are swapped, and a connection that drops is dialled again", async () => {
    using page = await open(chat(form()))
    page.socket.open()
    page.socket.message(`<p id="out">one</p>`)
    expect(page.$("#out").textContent).toBe("one")
    page.socket.drop()
    page.advance(2000)
    page.socket.open()
    page.socket.message(`<p id="out">two</p>`)
    expect([page.sockets.length, page.$("#out").textContent, page.console]).toEqual([2, "two", []])
  })

  test("a sender whose attributes change is processed again, and sends once", async () => {
    using page = await open(chat(form()))
    page.socket.open()
    for (const name of ["one", "two"]) {
      page.$("#f").setAttribute("class", name)
      page.htmx.process(page.$("#f"))
    }
    page.submit("#f")
    expect(page.json).toHaveLength(1)
  })

  test("processing again opens no second socket, and an element that leaves closes its own", async () => {
    using page = await open(chat(form()))
    page.socket.open()
    page.$("#c").setAttribute("class", "other")
    page.htmx.process(page.document.body)
    page.htmx.process(page.$("#c"))
    expect([page.sockets.length, page.live.length]).toEqual([1, 1])
    page.$("#c").remove()
    await microtasks()
    expect(page.live).toEqual([])
  })

  test("a sender that was moved out of its connection sends to it", async () => {
    using page = await open(chat(form()))
    page.socket.open()
    page.document.body.append(page.$("#f"))
    page.submit("#f")
    expect(page.json).toHaveLength(1)
  })

  test("the script executed again changes nothing", async () => {
    using page = await open(chat(form()))
    page.socket.open()
    page.execute("/dist/ws.js")
    page.submit("#f")
    expect([page.sockets.length, page.json.length]).toEqual([1, 1])
  })
})
