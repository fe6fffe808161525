/** What public code finds in `internalData.webSocket`, and replaces in what it is given. */
import { describe, expect, test } from "vitest"
import { onBoth } from "../kit/onBoth.ts"
import type { Page } from "../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

interface Internal {
  readonly socket: { readonly readyState: number; readonly OPEN: number } | null
  messageQueue: Array<unknown>
  retryCount: number
  handleQueuedMessages(): void
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
}

const internal = (page: Page): Internal =>
  (page.$("#c") as unknown as { "htmx-internal-data": { webSocket: Internal } })["htmx-internal-data"]
    .webSocket

onBoth((open) => {
  describe("internalData.webSocket", () => {
    test("shows the closed socket until the next is made, so that a guard vetoes what is sent meanwhile", async () => {
      using page = await open({ body })
      page.document.addEventListener("htmx:wsConfigSend", (event) => {
        const { socket } = internal(page)
        if (socket?.readyState !== socket?.OPEN) event.preventDefault()
      })
      const states: Array<number | undefined> = []
      page.on("wsClose", () => states.push(internal(page).socket?.readyState))
      page.socket.open().drop()
      page.submit("#f")
      page.wrapper().reconnect()
      page.socket.open()
      expect([states, page.socketAt(0).sent, page.socket.sent]).toEqual([[3], [], []])
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("attaches listeners to the socket and to each that follows", async () => {
      using page = await open({ body })
      const heard: Array<unknown> = []
      internal(page).addEventListener("message", ({ data }) => heard.push(data))
      page.socket.open().message("one")
      page.socket.drop()
      page.wrapper().reconnect()
      page.socket.open().message("two")
      expect(heard).toEqual(["one", "two"])
    })

    test("counts the retries that have been dialled since the last open", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.5
      const counts = [internal(page).retryCount]
      const count = () => counts.push(internal(page).retryCount)
      page.socket.drop()
      count()
      page.advance(Number(page.last("wsReconnecting").delay))
      count()
      page.socket.open()
      count()
      expect(counts).toEqual([0, 0, 1, 0])
    })

    test("lets the backoff start over, and the queue be emptied, by writing", async () => {
      using page = await open({ body })
      page.window.Math.random = () => 0.5
      for (let drops = 0; drops < 3; drops++) {
        page.socket.drop()
        page.advance(Number(page.last("wsReconnecting").delay))
      }
      const before = Number(page.last("wsReconnecting").delay)
      internal(page).retryCount = 0
      page.socket.drop()
      expect([before, page.last("wsReconnecting").delay]).toEqual([2000, 500])
      page.wrapper().send("waits")
      internal(page).messageQueue = []
      expect(page.wrapper().queue).toHaveLength(0)
    })

    test("sends what was pushed into messageQueue when handleQueuedMessages is called", async () => {
      using page = await open({ body })
      page.socket.open()
      internal(page).messageQueue.push({ message: "pushed" })
      internal(page).handleQueuedMessages()
      expect([page.socket.sent, internal(page).messageQueue.length]).toEqual([["pushed"], 0])
    })
  })

  test("a page that replaces socketWrapper.send changes what programs send, and not ws-send", async () => {
    using page = await open({ body })
    page.socket.open()
    const programs: Array<unknown> = []
    page.wrapper().send = (message) => void programs.push(message)
    page.submit("#f")
    page.wrapper().send("mine")
    expect([page.socket.sent.length, programs]).toEqual([1, ["mine"]])
  })

  test.each<[title: string, replacement: (page: Page) => unknown]>([
    ["a primitive", () => "mine"],
    ["the wrapper itself", (page) => page.wrapper()],
    ["what inherits from the wrapper", (page) => Object.create(page.wrapper())],
  ])("an error is dispatched if a page has replaced the inner object by %s", async (_, replacement) => {
    using page = await open({ body })
    const data = page.$("#c") as unknown as { "htmx-internal-data": { webSocket: unknown } }
    data["htmx-internal-data"].webSocket = replacement(page)
    page.socket.fail()
    page.wrapper().send({} as never)
    expect(page.all("wsError")).toHaveLength(2)
    expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    page.wrapper().reconnect()
    page.socket.open()
    page.wrapper().send("goes on")
    expect(page.socket.sent).toEqual(["goes on"])
  })

  test("detail.errors that is replaced does not change the verdict", async () => {
    using page = await open({ body: body.replace(`value="1"`, "required") })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { errors: [] }))
    page.$<HTMLFormElement>("#f").dispatchEvent(new page.window.Event("submit", { cancelable: true }))
    expect([page.socket.sent, page.told.at(-1)]).toEqual([[], "wsConfigSend #f"])
  })

  describe("a frame", () => {
    test("is swapped also if a listener of wsBeforeMessage removes the connect element", async () => {
      using page = await open({ body: `<p id="elsewhere">old</p>${body}` })
      page.socket.open()
      page.on("wsBeforeMessage", () => page.$("#c").remove())
      page.socket.message(`<p id="elsewhere">new</p>`)
      expect(page.$("#elsewhere").textContent).toBe("new")
    })

    test("that is no string is offered to transformResponse, and swapped if a string comes out", async () => {
      using page = await open({
        body: body.replace("<div", `<div hx-ext="decoder"`),
        before: ({ htmx }) => {
          htmx.defineExtension("decoder", {
            transformResponse: (data: unknown) =>
              typeof data === "object" ? `<p id="out">${(data as { text: string }).text}</p>` : data,
          })
        },
      })
      page.socket.open().message({ text: "decoded" })
      expect(page.$("#out").textContent).toBe("decoded")
      expect(page.told.at(-1)).toBe("wsAfterMessage #c")
    })

    test("keeps rows beside scripts in a template", async () => {
      using page = await open({ body: `${body}<table><tbody><tr id="r"><td>old</td></tr></tbody></table>` })
      page.socket
        .open()
        .message(`<template><script>window.ran = 1</script><tr id="r"><td>new</td></tr></template>`)
      expect(page.$("#r").textContent).toBe("new")
    })

    test("whose focus cannot be put back says so, and leaves later focus alone", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><input id="q"></div>` })
      page.socket.open()
      page.$("#q").focus()
      const { focus } = page.window.HTMLElement.prototype
      page.window.HTMLElement.prototype.focus = () => {
        throw new Error("not rendered")
      }
      page.socket.message(`<input id="q">`)
      page.window.HTMLElement.prototype.focus = focus
      expect(page.console).toEqual([expect.stringMatching(/cannot be settled: .*not rendered/)])
      let heard = 0
      page.$("#q").addEventListener("focus", () => heard++)
      page.$("#q").focus()
      expect([heard, page.told.at(-1)]).toEqual([1, "wsAfterMessage #c"])
    })

    test("is applied as if it had been received by socketWrapper.apply", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().apply(`<p id="out">applied</p>`)
      expect([page.$("#out").textContent, page.told.at(-1)]).toEqual(["applied", "wsAfterMessage #c"])
      expect(page.wrapper().socket).toBe(page.socket)
    })

    test("unwraps bare templates only", async () => {
      using page = await open({ body: `${body}<i id="gone"></i>` })
      page.socket
        .open()
        .message(`<template><p id="out">in</p></template><template hx-swap-oob="delete:#gone"></template>`)
      expect([page.$("#out").textContent, page.document.querySelector("#gone")]).toEqual(["in", null])
    })

    test("that replaces the focused field gives the focus back without a word", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><input id="q" name="q" ws-send hx-trigger="focus"></div>`,
      })
      page.socket.open()
      page.$("#q").focus()
      const sent = page.socket.sent.length
      const heard: Array<string> = []
      for (const type of ["focus", "focusin"])
        page.document.addEventListener(type, () => heard.push(type), true)
      page.socket.message(`<input id="q" name="q" ws-send hx-trigger="focus">`)
      expect(page.document.activeElement).toBe(page.$("#q"))
      expect([page.socket.sent.length - sent, heard]).toEqual([0, []])
    })
  })

  test("an error of the socket that a listener cancels has no second spelling, and reaches no extension", async () => {
    const heard: Array<string> = []
    using page = await open({
      body: body.replace("<div", `<div hx-ext="other"`),
      before: ({ htmx }) => {
        htmx.defineExtension("other", { onEvent: (name: string) => void heard.push(name) })
      },
    })
    page.document.addEventListener("htmx:wsError", (event) => event.preventDefault())
    page.document.addEventListener("htmx:ws-error", () => heard.push("htmx:ws-error"))
    page.socket.drop()
    expect(heard.filter((name) => /error/i.test(name))).toEqual(["htmx:error"])
  })

  test("what cannot be sent for a sender that has left is told to the connect element", async () => {
    using page = await open({
      body: `<div id="c" ws-connect="/ws"><input id="i" name="n" ws-send hx-trigger="input delay:300ms"></div>`,
    })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { parameters: { n: 1n } }))
    page.$("#i").dispatchEvent(new page.window.Event("input", { bubbles: true }))
    page.$("#i").remove()
    page.advance(300)
    expect([page.socket.sent, page.told.at(-1)]).toEqual([[], "wsError #c"])
  })

  test("an error of the socket is its event, and the console says a sentence", async () => {
    using page = await open({ body })
    page.socket.drop()
    const error = page.last("wsError").error as Event
    expect([error.type, error instanceof page.window.Event]).toEqual(["error", true])
    expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws could not be opened/)])
  })
})
