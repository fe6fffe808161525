/** What a listener of a message learns about its end, and about messages that have no connection. */
import { describe, expect, test } from "vitest"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const form = `<form id="f" hx-ws:send><input name="a" value="1"></form>`
const body = `<div id="c" hx-ws:connect="/ws">${form}</div>`

const endings = (page: Page4): Array<string> => {
  const seen: Array<string> = []
  page.document.addEventListener("htmx:ws:before:message:outgoing", (event) => {
    const { message } = (event as CustomEvent).detail
    message.settle = (ending: string) => seen.push(ending)
  })
  return seen
}
const submit = (page: Page4) => page.$<HTMLFormElement>("#f").requestSubmit()

describe("settle of a message", () => {
  test("is called in the turn in which the message is written", async () => {
    using page = await openPage4({ body })
    const seen = endings(page)
    submit(page)
    expect(seen).toEqual([])
    page.socket.open()
    expect(seen).toEqual(["written"])
  })

  test("is called if a listener refuses the message, also late", async () => {
    using page = await openPage4({ body })
    page.socket.open()
    const seen = endings(page)
    page.document.addEventListener("htmx:ws:before:message:outgoing", (event) => {
      const { detail } = event as CustomEvent
      detail.waitUntil(Promise.resolve().then(() => Object.assign(detail, { cancelled: true })))
    })
    submit(page)
    expect(seen).toEqual([])
    await microtasks()
    expect([seen, page.json]).toEqual([["vetoed"], []])
  })

  test("is called if the connection ends before", async () => {
    using page = await openPage4({ body })
    const seen = endings(page)
    submit(page)
    page.$("#c").remove()
    await microtasks()
    expect(seen[0]).toBe("closed")
  })

  test("is called with one ending if a listener of the message removes the connect element", async () => {
    using page = await openPage4({ body })
    page.socket.open()
    const seen = endings(page)
    page.on("before:message:outgoing", () => page.$("#c").remove())
    submit(page)
    await microtasks()
    expect([seen, page.socket.sent]).toEqual([["closed"], []])
  })

  test("is called for a message of a program", async () => {
    using page = await openPage4({ body })
    page.socket.open()
    const seen: Array<string> = []
    const { connection } = (
      page.$("#c") as unknown as { _htmx: { ws: { connection: { send(message: object): unknown } } } }
    )._htmx.ws
    connection.send({ data: "x", settle: (ending: string) => seen.push(ending) })
    expect([page.socket.sent, seen]).toEqual([["x"], ["written"]])
  })
})

describe("htmx:ws:unsent", () => {
  test("comes before the error of a form without a connection, with what it would have sent", async () => {
    using page = await openPage4({ body: form })
    const seen: Array<unknown> = []
    page.document.addEventListener("htmx:ws:unsent", (event) =>
      seen.push({ ...(event as CustomEvent).detail.message.values }),
    )
    submit(page)
    expect(seen).toEqual([{ a: "1" }])
    expect(page.console).toEqual([expect.stringContaining("No WebSocket connection found")])
  })

  test("cancelled, is all that comes", async () => {
    using page = await openPage4({ body: form })
    page.document.addEventListener("htmx:ws:unsent", (event) => event.preventDefault())
    submit(page)
    expect(page.console).toEqual([])
  })
})
